/* Host keys as text: no libssh here, so that every rule is tested without a server. */
#include "lib/hostkey.h"

#include "lib/file.h"
#include "lib/memory.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KNOWN_HOSTS_LIMIT ((size_t)1024 * 1024)
#define SPACE             " \t\r\n"

/* The next word of *line, ended by NUL in place; NULL at the end. */
static char *next_word(char **line)
{
    char *word = *line + strspn(*line, SPACE);
    if (*word == '\0')
        return NULL;
    char *end = word + strcspn(word, SPACE);
    *line = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static void add_entry(struct hostkey_policy *policy, const char *type, const char *blob,
                      bool revoked)
{
    policy->entries =
        memory_resize(policy->entries, (policy->count + 1) * sizeof policy->entries[0]);
    policy->entries[policy->count++] =
        (struct hostkey_entry){memory_text(type), memory_text(blob), revoked};
}

static bool looks_like_key(const char *type, const char *blob)
{
    static const char *types[] = {"ssh-", "ecdsa-", "sk-"};
    bool known = false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        known = known || strncmp(type, types[i], strlen(types[i])) == 0;
    return known && strncmp(blob, "AAAA", 4) == 0;
}

bool hostkey_add_line(struct hostkey_policy *policy, const char *line, struct err_text *error)
{
    char *copy = memory_text(line);
    char *rest = copy;
    char *type = next_word(&rest);
    char *blob = next_word(&rest);
    bool good = type != NULL && blob != NULL && looks_like_key(type, blob);
    if (good)
        add_entry(policy, type, blob, false);
    free(copy);
    return good || err_set(error, "host key: expected 'ssh-ed25519 AAAA…'; found '%.60s'", line);
}

bool hostkey_set_fingerprint(struct hostkey_policy *policy, const char *fingerprint,
                             struct err_text *error)
{
    static const char prefix[] = "SHA256:";
    size_t length = strcspn(fingerprint, "=");
    /* 32 bytes are 43 base64 digits and one '=', which ssh-keygen leaves out. */
    if (strncmp(fingerprint, prefix, sizeof prefix - 1) != 0 || length != sizeof prefix - 1 + 43)
        return err_set(error, "expected SHA256: and 43 base64 digits; found '%.60s'", fingerprint);
    free(policy->fingerprint);
    policy->fingerprint = memory_text(fingerprint);
    policy->fingerprint[length] = '\0';
    return true;
}

/* "|1|base64 salt|base64 HMAC-SHA1(salt, name)", as ssh-keygen -H writes it. */
static bool hashed_name_matches(const char *hashed, const char *name)
{
    char salt_text[64];
    char hash_text[64];
    unsigned char salt[64];
    unsigned char hash[64];
    unsigned char found[EVP_MAX_MD_SIZE];
    unsigned found_length = 0;

    if (sscanf(hashed, "|1|%63[^|]|%63s", salt_text, hash_text) != 2 || strlen(salt_text) != 28 ||
        strlen(hash_text) != 28)
        return false;
    if (EVP_DecodeBlock(salt, (unsigned char *)salt_text, 28) != 21 ||
        EVP_DecodeBlock(hash, (unsigned char *)hash_text, 28) != 21)
        return false;
    HMAC(EVP_sha1(), salt, 20, (const unsigned char *)name, strlen(name), found, &found_length);
    return found_length == 20 && memcmp(found, hash, 20) == 0;
}

/* '*' and '?' as in sshd(8); host names compare without regard to case. */
static bool pattern_matches(const char *pattern, const char *name)
{
    const char *star = NULL;
    const char *retry = NULL;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            retry = name;
        } else if (*pattern == '?' || (*pattern != '\0' && strncasecmp(pattern, name, 1) == 0)) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Does the first field of a line mean this name? A "!pattern" that matches refuses the line. */
static bool hosts_field_matches(char *field, const char *name)
{
    bool matches = false;
    char *rest = NULL;
    if (field[0] == '|')
        return hashed_name_matches(field, name);
    for (char *word = strtok_r(field, ",", &rest); word != NULL;
         word = strtok_r(NULL, ",", &rest)) {
        bool negated = word[0] == '!';
        if (pattern_matches(word + (negated ? 1 : 0), name)) {
            if (negated)
                return false;
            matches = true;
        }
    }
    return matches;
}

static void add_known_hosts_line(struct hostkey_policy *policy, char *line, const char *name)
{
    bool revoked = false;
    char *hosts = next_word(&line);
    if (hosts != NULL && strcmp(hosts, "@revoked") == 0) {
        revoked = true;
        hosts = next_word(&line);
    }
    char *type = hosts == NULL ? NULL : next_word(&line);
    char *blob = type == NULL ? NULL : next_word(&line);
    if (blob == NULL || hosts[0] == '#' || hosts[0] == '@' || !looks_like_key(type, blob))
        return;
    if (hosts_field_matches(hosts, name))
        add_entry(policy, type, blob, revoked);
}

void hostkey_add_known_hosts(struct hostkey_policy *policy, const char *text, const char *host,
                             int port)
{
    char name[300];
    if (port == 22)
        (void)snprintf(name, sizeof name, "%s", host);
    else
        (void)snprintf(name, sizeof name, "[%s]:%d", host, port);

    char *copy = memory_text(text);
    char *rest = NULL;
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        add_known_hosts_line(policy, line, name);
    free(copy);
}

bool hostkey_read_known_hosts(struct hostkey_policy *policy, const char *path, const char *host,
                              int port, struct err_text *error)
{
    char *text = NULL;
    if (!file_read(path, KNOWN_HOSTS_LIMIT, &text, error))
        return false;
    hostkey_add_known_hosts(policy, text, host, port);
    free(text);
    return true;
}

bool hostkey_accepts(const struct hostkey_policy *policy, const struct hostkey_shown *shown,
                     struct err_text *error)
{
    bool accepted = false;
    for (size_t i = 0; i < policy->count; i++) {
        const struct hostkey_entry *entry = &policy->entries[i];
        if (strcmp(entry->blob, shown->blob) != 0)
            continue;
        if (entry->revoked)
            return err_set(error, "the host key %s is revoked", shown->fingerprint);
        accepted = true;
    }
    if (policy->fingerprint != NULL && strcmp(policy->fingerprint, shown->fingerprint) == 0)
        accepted = true;
    if (accepted)
        return true;
    if (!hostkey_is_given(policy))
        return err_set(error, "the server's host key %s (%s) is not known", shown->fingerprint,
                       shown->type);
    return err_set(error,
                   "the server's host key %s (%s) is not the expected one: it was changed, or this "
                   "is another server",
                   shown->fingerprint, shown->type);
}

bool hostkey_is_given(const struct hostkey_policy *policy)
{
    return policy->count > 0 || policy->fingerprint != NULL;
}

/* What a key of this type signs with. */
static const char *algorithms_of(const char *type)
{
    return strcmp(type, "ssh-rsa") == 0 ? "rsa-sha2-512,rsa-sha2-256" : type;
}

char *hostkey_algorithms(const struct hostkey_policy *policy)
{
    size_t size = 1;
    if (policy->fingerprint != NULL)
        return NULL;
    for (size_t i = 0; i < policy->count; i++)
        size += strlen(algorithms_of(policy->entries[i].type)) + 1;
    char *list = memory_zeroed(size);
    for (size_t i = 0; i < policy->count; i++) {
        const struct hostkey_entry *entry = &policy->entries[i];
        if (entry->revoked || strstr(list, algorithms_of(entry->type)) != NULL)
            continue;
        if (list[0] != '\0')
            (void)strcat(list, ",");
        (void)strcat(list, algorithms_of(entry->type));
    }
    if (list[0] == '\0') {
        free(list);
        return NULL;
    }
    return list;
}

bool hostkey_equal(const struct hostkey_policy *one, const struct hostkey_policy *other)
{
    if (one->count != other->count || (one->fingerprint == NULL) != (other->fingerprint == NULL) ||
        (one->fingerprint != NULL && strcmp(one->fingerprint, other->fingerprint) != 0))
        return false;
    for (size_t i = 0; i < one->count; i++) {
        if (strcmp(one->entries[i].blob, other->entries[i].blob) != 0 ||
            one->entries[i].revoked != other->entries[i].revoked)
            return false;
    }
    return true;
}

void hostkey_copy(struct hostkey_policy *to, const struct hostkey_policy *from)
{
    for (size_t i = 0; i < from->count; i++)
        add_entry(to, from->entries[i].type, from->entries[i].blob, from->entries[i].revoked);
    if (from->fingerprint != NULL) {
        free(to->fingerprint);
        to->fingerprint = memory_text(from->fingerprint);
    }
}

void hostkey_fini(struct hostkey_policy *policy)
{
    for (size_t i = 0; i < policy->count; i++) {
        free(policy->entries[i].type);
        free(policy->entries[i].blob);
    }
    free(policy->entries);
    free(policy->fingerprint);
    *policy = (struct hostkey_policy){0};
}
