/* From the client's identification string to keys, and once more for each rekey. */
#include "server/crafted/crafted.h"

#include "server/crafted/sign.h"

#include <stdlib.h>
#include <string.h>

bool exchange_is_under_way(const struct crafted *self)
{
    return self->kex != NULL && buffer_length(&self->kex->server_kexinit) > 0 &&
           !self->kex->replied;
}

static struct kex *need_kex(struct crafted *self)
{
    if (self->kex == NULL)
        self->kex = calloc(1, sizeof *self->kex);
    return self->kex;
}

bool exchange_sent_kexinit(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct kex *kex = need_kex(self);
    if (kex == NULL)
        return false;
    buffer_fini(&kex->server_kexinit);
    return buffer_add(&kex->server_kexinit, payload, length);
}

bool exchange_begin(struct crafted *self)
{
    struct buffer payload = {0};
    struct kex *kex = need_kex(self);
    if (kex == NULL)
        return false;
    if (buffer_length(&kex->server_kexinit) > 0)
        return true;
    return kex_make_kexinit(&self->offer, !self->has_session_id, &payload) &&
           crafted_say(self, &payload);
}

static void agree(struct crafted *self)
{
    struct kex *kex = self->kex;
    struct err_text error;
    if (buffer_length(&kex->server_kexinit) == 0)
        return; /* a rule withholds it; the script may send one yet */
    if (kex_negotiate(kex, &error) != ERR_NONE)
        crafted_disconnect(self, DISCONNECT_KEX_FAILED, error.text);
    else if (!self->has_session_id)
        self->transport.strict = kex->strict;
}

void exchange_on_kexinit(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct kex *kex = need_kex(self);
    if (kex == NULL)
        return;
    if (kex->replied) {
        crafted_disconnect(self, DISCONNECT_PROTOCOL_ERROR, "a KEXINIT where NEWKEYS is due");
        return;
    }
    buffer_fini(&kex->client_kexinit);
    (void)buffer_add(&kex->client_kexinit, payload, length);
    if (self->has_session_id)
        self->base.events->on_rekey(self->base.owner, true);
    if (exchange_begin(self))
        agree(self);
}

/* RFC 8308 2.3; without it clients with RSA keys sign with SHA-1 or not at all. */
static void say_ext_info(struct crafted *self)
{
    struct buffer payload = {0};
    if (payload_put_byte(&payload, MSG_EXT_INFO) && payload_put_u32(&payload, 1) &&
        payload_put_text(&payload, "server-sig-algs") &&
        payload_put_text(&payload, SIGN_ALGORITHMS))
        (void)crafted_say(self, &payload);
    buffer_fini(&payload);
}

static void say_newkeys(struct crafted *self, bool is_first)
{
    struct buffer payload = {0};
    if (payload_put_byte(&payload, MSG_NEWKEYS))
        (void)crafted_say(self, &payload);
    buffer_fini(&payload);
    if (is_first && self->kex->client_wants_ext_info)
        say_ext_info(self);
    crafted_say_postponed(self);
}

void exchange_on_ecdh_init(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct kex *kex = self->kex;
    if (kex == NULL || kex->in == NULL || kex->replied)
        return;
    if (kex->wrong_guess) {
        kex->wrong_guess = false;
        return;
    }
    struct payload_reader reader = payload_read(payload + 1, length - 1);
    struct payload_text client_public = payload_get_string(&reader);
    enum host_key which = hostkey_for_algorithm(kex->hostkey);
    EVP_PKEY *key = which < HOST_KEY_COUNT ? self->keys->hosts[which].evp : NULL;
    struct buffer reply = {0};
    struct err_text error;
    bool is_first = !self->has_session_id;
    if (kex_reply(kex, key, self->client_ident, self->server_ident, client_public, &reply,
                  &error) != ERR_NONE) {
        buffer_fini(&reply);
        crafted_disconnect(self, DISCONNECT_KEX_FAILED, error.text);
        return;
    }
    if (is_first)
        memcpy(self->session_id, kex->hash, sizeof self->session_id);
    self->has_session_id = true;
    cipher_free(&self->transport.next_in);
    cipher_free(&self->transport.next_out);
    if (!kex_derive(kex, self->session_id, &self->transport.next_in, &self->transport.next_out)) {
        buffer_fini(&reply);
        session_set_ended(&self->base, "libcrypto cannot make keys");
        return;
    }
    (void)crafted_say(self, &reply);
    say_newkeys(self, is_first);
}

void exchange_on_newkeys(struct crafted *self)
{
    if (self->kex == NULL || !self->kex->replied)
        return;
    kex_fini(self->kex);
    free(self->kex);
    self->kex = NULL;
    if (self->authenticated)
        self->base.events->on_rekey(self->base.owner, false);
}
