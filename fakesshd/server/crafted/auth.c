/* Services and authentication: RFC 4253 10, RFC 4252, and keyboard-interactive, RFC 4256. */
#include "server/crafted/crafted.h"

#include "server/crafted/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char methods_that_continue[] = "publickey,password,keyboard-interactive";

/* byte SERVICE_REQUEST, string service name */
void auth_on_service_request(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct session_request *request = crafted_request_new(REQUEST_SERVICE, payload, length);
    if (request == NULL)
        return;
    struct payload_reader reader = crafted_request_read(request);
    struct payload_text service = payload_get_string(&reader);
    payload_text_copy(service, request->type, sizeof request->type);
    request->right = payload_text_is(service, "ssh-userauth") ||
                     (self->authenticated && payload_text_is(service, "ssh-connection"));
    session_add_request(&self->base, request);
}

bool auth_answer_service(struct crafted *self, const struct session_request *request, bool accept)
{
    enum { SERVICE_NOT_AVAILABLE = 7 };
    struct buffer payload = {0};
    if (!accept) {
        crafted_disconnect(self, SERVICE_NOT_AVAILABLE, "there is no such service");
        return true;
    }
    return payload_put_byte(&payload, MSG_SERVICE_ACCEPT) &&
           payload_put_text(&payload, request->type) && crafted_say(self, &payload);
}

/* ---- what a client shows ---- */

static bool has_right_user(const struct session_request *request)
{
    return request->detail != NULL && strcmp(request->detail, HOSTKEY_USER) == 0;
}

/* RFC 4252 7: what is signed is the session's id and the request up to the signature. */
static bool signature_is_right(const struct crafted *self, struct payload_text blob,
                               struct payload_text signature, const uint8_t *payload,
                               const uint8_t *before_signature)
{
    struct buffer signed_text = {0};
    bool right =
        payload_put_string(&signed_text, self->session_id, sizeof self->session_id) &&
        payload_put_raw(&signed_text, payload, (size_t)(before_signature - payload)) &&
        sign_verify((const uint8_t *)blob.bytes, blob.length, (const uint8_t *)signature.bytes,
                    signature.length, (const uint8_t *)buffer_front(&signed_text),
                    buffer_length(&signed_text));
    buffer_fini(&signed_text);
    return right;
}

/* boolean signed, string algorithm, string public key, and where signed: string signature */
static void look_at_key(const struct crafted *self, struct session_request *request,
                        struct payload_reader *reader, const uint8_t *payload)
{
    request->is_probe = !payload_get_bool(reader);
    (void)payload_get_string(reader);
    struct payload_text blob = payload_get_string(reader);
    const uint8_t *before_signature = reader->at;
    request->right = has_right_user(request) && !reader->failed &&
                     hostkey_is_users(self->keys, blob.bytes, blob.length);
    if (!request->is_probe && request->right)
        request->right =
            signature_is_right(self, blob, payload_get_string(reader), payload, before_signature) &&
            !reader->failed;
}

/* boolean change, string password */
static void look_at_password(struct session_request *request, struct payload_reader *reader)
{
    bool change = payload_get_bool(reader);
    struct payload_text password = payload_get_string(reader);
    request->right =
        has_right_user(request) && !change && payload_text_is(password, HOSTKEY_PASSWORD);
}

/* string user, string service, string method, … */
void auth_on_request(struct crafted *self, const uint8_t *payload, size_t length)
{
    static const char *const methods[] = {"none", "password", "publickey", "keyboard-interactive"};
    if (self->authenticated)
        return; /* RFC 4252 5.1: silently ignored */
    struct session_request *request = crafted_request_new(REQUEST_AUTH, payload, length);
    if (request == NULL)
        return;
    struct payload_reader reader = crafted_request_read(request);
    const uint8_t *copy = reader.at - 1;
    request->detail = payload_text_dup(payload_get_string(&reader));
    (void)payload_get_string(&reader);
    struct payload_text method = payload_get_string(&reader);
    payload_text_copy(method, request->type, sizeof request->type);
    self->auth_method = NULL;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (payload_text_is(method, methods[i]))
            self->auth_method = methods[i];
    }
    if (payload_text_is(method, "publickey"))
        look_at_key(self, request, &reader, copy);
    else if (payload_text_is(method, "password"))
        look_at_password(request, &reader);
    else if (payload_text_is(method, "keyboard-interactive"))
        request->is_probe = request->right = has_right_user(request);
    session_add_request(&self->base, request);
}

/* RFC 4256 3.4: uint32 number of responses, string response, … */
void auth_on_info_response(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct session_request *request = crafted_request_new(REQUEST_AUTH, payload, length);
    if (request == NULL)
        return;
    struct payload_reader reader = crafted_request_read(request);
    (void)snprintf(request->type, sizeof request->type, "keyboard-interactive");
    uint32_t responses = payload_get_u32(&reader);
    request->detail = self->user != NULL ? strdup(self->user) : NULL;
    request->right = responses == 1 && has_right_user(request) &&
                     payload_text_is(payload_get_string(&reader), HOSTKEY_PASSWORD);
    session_add_request(&self->base, request);
}

/* ---- answers ---- */

/* RFC 4252 7: string algorithm, string public key, as they were in the request */
static bool say_pk_ok(struct crafted *self, const struct session_request *request)
{
    struct payload_reader reader = crafted_request_read(request);
    for (int i = 0; i < 3; i++)
        (void)payload_get_string(&reader);
    (void)payload_get_bool(&reader);
    struct payload_text algorithm = payload_get_string(&reader);
    struct payload_text blob = payload_get_string(&reader);
    struct buffer payload = {0};
    return payload_put_byte(&payload, MSG_USERAUTH_60) &&
           payload_put_string(&payload, algorithm.bytes, algorithm.length) &&
           payload_put_string(&payload, blob.bytes, blob.length) && crafted_say(self, &payload);
}

/* RFC 4256 3.2: name, instruction, language, number of prompts, prompt, echo */
static bool say_info_request(struct crafted *self, const struct session_request *request)
{
    struct buffer payload = {0};
    free(self->user);
    self->user = request->detail != NULL ? strdup(request->detail) : NULL;
    return payload_put_byte(&payload, MSG_USERAUTH_60) && payload_put_text(&payload, "") &&
           payload_put_text(&payload, "") && payload_put_text(&payload, "") &&
           payload_put_u32(&payload, 1) && payload_put_text(&payload, "Password: ") &&
           payload_put_bool(&payload, false) && crafted_say(self, &payload);
}

static bool say_success(struct crafted *self)
{
    struct buffer payload = {0};
    self->authenticated = true;
    return payload_put_byte(&payload, MSG_USERAUTH_SUCCESS) && crafted_say(self, &payload);
}

bool auth_answer(struct crafted *self, const struct session_request *request, bool accept)
{
    struct buffer payload = {0};
    if (accept && !request->is_probe)
        return say_success(self);
    if (accept && strcmp(request->type, "keyboard-interactive") == 0)
        return say_info_request(self, request);
    if (accept)
        return say_pk_ok(self, request);
    return payload_put_byte(&payload, MSG_USERAUTH_FAILURE) &&
           payload_put_text(&payload, methods_that_continue) && payload_put_bool(&payload, false) &&
           crafted_say(self, &payload);
}
