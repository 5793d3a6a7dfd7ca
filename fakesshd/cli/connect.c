/* `fakesshd connect`: a server on standard input and output, for clients that reach theirs through
 * a command (ProxyCommand) and so have no socket to set a timer on. */
#include "cli/command.h"

#include "base/exit_code.h"
#include "base/relay.h"
#include "server/listener.h"

#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
    bool help, other_hosts;
    char host[256], port[16];
};

/* "127.0.0.1:22", "[::1]:22" */
static bool parse_address(const char *text, struct request *request)
{
    const char *colon = strrchr(text, ':');
    const char *host = text;
    if (colon == NULL || colon == text || colon[1] == '\0')
        return false;
    size_t length = (size_t)(colon - text);
    if (host[0] == '[' && length >= 2 && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    if (length >= sizeof request->host || strlen(colon + 1) >= sizeof request->port)
        return false;
    (void)snprintf(request->host, sizeof request->host, "%.*s", (int)length, host);
    (void)snprintf(request->port, sizeof request->port, "%s", colon + 1);
    return strspn(request->port, "0123456789") == strlen(request->port);
}

static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {{"allow-other-hosts", no_argument, NULL, 'o'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option = 0;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == '?')
            return cli_usage_error("connect", "there is no option '%s'", argv[optind - 1]);
        request->help |= option == 'h';
        request->other_hosts |= option == 'o';
    }
    if (request->help)
        return EXIT_AS_EXPECTED;
    if (optind + 1 != argc || !parse_address(argv[optind], request))
        return cli_usage_error("connect", "expected one HOST:PORT, found '%s'",
                               optind < argc ? argv[optind] : "");
    return EXIT_AS_EXPECTED;
}

static void print_help(void)
{
    puts(
        "fakesshd connect [--allow-other-hosts] HOST:PORT\n\n"
        "Joins standard input and output with a TCP connection, as in\n"
        "    ssh -o ProxyCommand='fakesshd connect %h:%p' ...\n"
        "The end of standard input is passed on as FIN. Ends when the server ended its side, or\n"
        "nobody reads the output any more. HOST is a loopback address, unless others are allowed.\n\n"
        "Exit status: 0 the connection ended, 1 there was none or it broke, 2 usage");
}

static enum err resolve(const struct request *request, struct addrinfo **found,
                        struct err_text *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    int failed = getaddrinfo(request->host, request->port, &hints, found);
    if (failed != 0)
        return err_set(error, ERR_USAGE, "%s: %s", request->host, gai_strerror(failed));
    union address address = {.any = {0}};
    if ((*found)->ai_addrlen <= sizeof address)
        memcpy(&address, (*found)->ai_addr, (*found)->ai_addrlen);
    if (request->other_hosts || address_is_loopback(&address))
        return ERR_NONE;
    freeaddrinfo(*found);
    return err_set(error, ERR_USAGE,
                   "%s is not a loopback address; say --allow-other-hosts if that is meant",
                   request->host);
}

static int relay(const struct request *request, const struct addrinfo *address)
{
    struct err_text error;
    enum err failed = ERR_NONE;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        failed = err_set_errno(&error, "cannot make a socket");
    else
        failed = relay_connect(STDOUT_FILENO, fd, address->ai_addr, address->ai_addrlen, &error);
    if (failed == ERR_NONE)
        failed = relay_run(STDIN_FILENO, STDOUT_FILENO, fd, &error);
    if (fd >= 0)
        (void)close(fd);
    if (failed == ERR_NONE)
        return EXIT_AS_EXPECTED;
    fprintf(stderr, "fakesshd connect: %s:%s: %s\n", request->host, request->port, error.text);
    return EXIT_UNEXPECTED;
}

int cli_connect(int argc, char **argv)
{
    struct request request = {.help = false};
    struct addrinfo *address = NULL;
    struct err_text error;
    int status = parse(argc, argv, &request);
    if (status != EXIT_AS_EXPECTED)
        return status;
    if (request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    enum err failed = resolve(&request, &address, &error);
    if (failed != ERR_NONE)
        return cli_error("connect", failed, &error);
    (void)signal(SIGPIPE, SIG_IGN);
    status = relay(&request, address);
    freeaddrinfo(address);
    return status;
}
