/* `fakesshd list --clients`: the clients that there are manifests for, and which of them are here.
 */
#ifndef CLI_CLIENT_LIST_H
#define CLI_CLIENT_LIST_H

#include <stddef.h>

/* Lines for people, an array of objects, or what the manifests need: Debian's packages or npm's, a
 * name a line and each once. */
enum client_list_form {
    CLIENT_LIST_LINES,
    CLIENT_LIST_JSON,
    CLIENT_LIST_PACKAGES,
    CLIENT_LIST_NPM
};

/* Prints the clients that `words` name, as in `run --client`; all of client-under-test for none.
 * Returns an exit code. */
int client_list_print(char *const *words, size_t count, enum client_list_form form);

#endif
