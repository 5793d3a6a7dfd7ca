/* What a script wants to happen to messages that the server sends by itself. A rule stands for
 * messages of one name, or for the k-th that is sent; most strike once. Pure: told of each message,
 * it says what to do. */
#ifndef SERVER_CRAFTED_RULE_H
#define SERVER_CRAFTED_RULE_H

#include "server/buffer.h"
#include "server/crafted/message.h"

#include <stdbool.h>
#include <stdint.h>

enum { RULE_IDENT = 0 /* no message has this number */, RULE_ANY = -1 };

enum rule_action {
    RULE_ALTER,       /* some fields get other values */
    RULE_WITHHOLD,    /* isn't sent; stands for all of its name */
    RULE_AGAIN,       /* is sent `count` more times */
    RULE_CORRUPT,     /* goes with a wrong MAC */
    RULE_HOLD_BEFORE, /* nothing passes from it on */
    RULE_HOLD_AFTER   /* nothing passes after it */
};

struct rule_field {
    char name[24];
    struct message_value value; /* its bytes are owned */
};

struct rule {
    struct rule *next;
    enum rule_action action;
    int number;   /* of the messages it stands for; RULE_IDENT, RULE_ANY */
    unsigned nth; /* with RULE_ANY: the nth message of the connection, from 1 */
    unsigned count;
    struct rule_field *fields; /* owned; of RULE_ALTER */
    size_t field_count;
};

/* What is to be done with one message. */
struct rule_verdict {
    bool withhold, corrupt, hold_before, hold_after;
    unsigned again;
    struct buffer
        altered; /* owned by the caller; the payload to send instead, where there is one */
};

/* Puts the rule at the end; takes ownership of its fields. False when memory is short. */
bool rule_add(struct rule **rules, const struct rule *rule);

/* Asks the rules about the nth message; those that strike once are gone then. Of what a script says
 * itself (`by_script`) only holds are asked. `auth_method`: see message_decode. */
struct rule_verdict rule_judge(struct rule **rules, int number, unsigned nth,
                               const uint8_t *payload, size_t length, const char *auth_method,
                               bool by_script);

/* Holds are forgotten, all else stays. */
void rule_drop_holds(struct rule **rules);
void rule_free_all(struct rule **rules);

#endif
