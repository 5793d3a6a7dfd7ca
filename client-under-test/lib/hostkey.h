/* Which host keys a task accepts: pinned lines, a fingerprint, or what a known_hosts file says of
 * the host. Without one of these nothing is accepted: there is no "yes, whoever it is". */
#ifndef SSHEXEC_HOSTKEY_H
#define SSHEXEC_HOSTKEY_H

#include "lib/err.h"

#include <stdbool.h>
#include <stddef.h>

struct hostkey_entry {
    char *type; /* owned; "ssh-ed25519" */
    char *blob; /* owned; base64 of the public key, as in a known_hosts line */
    bool revoked;
};

struct hostkey_policy {
    struct hostkey_entry *entries; /* owned array */
    size_t count;
    char *fingerprint; /* owned; "SHA256:…", or NULL */
};

/* What the server showed. */
struct hostkey_shown {
    const char *type;
    const char *blob;        /* base64 */
    const char *fingerprint; /* "SHA256:…" without padding */
};

/* Adds a key written "ssh-ed25519 AAAA… [comment]". */
bool hostkey_add_line(struct hostkey_policy *policy, const char *line, struct err_text *error);

/* Pins "SHA256:…"; MD5 is refused. */
bool hostkey_set_fingerprint(struct hostkey_policy *policy, const char *fingerprint,
                             struct err_text *error);

/* Adds the keys that the text of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) has for
 * this host and port: plain names, patterns, "[host]:port" and hashed names; @revoked is kept as a
 * refusal, @cert-authority is passed over. */
void hostkey_add_known_hosts(struct hostkey_policy *policy, const char *text, const char *host,
                             int port);

/* The same from a file of at most 1 MiB. False when it can't be read. No key for the host is not an
 * error here: hostkey_accepts() then refuses with a sentence that says so. */
bool hostkey_read_known_hosts(struct hostkey_policy *policy, const char *path, const char *host,
                              int port, struct err_text *error);

/* Is this the right host? The sentence says what was expected and shown otherwise. */
bool hostkey_accepts(const struct hostkey_policy *policy, const struct hostkey_shown *shown,
                     struct err_text *error);

/* Was any key or fingerprint given at all? */
bool hostkey_is_given(const struct hostkey_policy *policy);

/* The host key algorithms to ask the server for, so that it shows the key that is pinned and not
 * another of its own: a comma list, owned by the caller, or NULL when any will do. */
char *hostkey_algorithms(const struct hostkey_policy *policy);

/* Do both accept the same? In the same words, that is. */
bool hostkey_equal(const struct hostkey_policy *one, const struct hostkey_policy *other);

/* Adds all that `from` holds. */
void hostkey_copy(struct hostkey_policy *to, const struct hostkey_policy *from);

void hostkey_fini(struct hostkey_policy *policy);

#endif
