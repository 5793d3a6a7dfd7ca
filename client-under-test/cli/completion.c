#include "cli/completion.h"

#include "cli/option_table.h"
#include "lib/sshexec.h"
#include "service/serve.h"

#include <string.h>

static bool is_path(const char *value)
{
    return value != NULL && (strcmp(value, "FILE") == 0 || strcmp(value, "FOLDER") == 0);
}

/* "-i|--identity", in a pattern of `case`. */
static void print_pattern(FILE *to, const char *name, const char *letter, bool *is_first)
{
    (void)fprintf(to, "%s%s%s%s", *is_first ? "" : "|", name, letter[0] != '\0' ? "|" : "", letter);
    *is_first = false;
}

/* Those with a value that is a path, or those with another value. */
static void print_patterns(FILE *to, bool path)
{
    bool is_first = true;
    const char *name = NULL, *value = NULL;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        if (option->value != NULL && is_path(option->value) == path)
            print_pattern(to, option->name, option->letter, &is_first);
    }
    for (size_t i = 0; (name = serve_option(i, &value)) != NULL; i++) {
        if (value != NULL && is_path(value) == path)
            print_pattern(to, name, "", &is_first);
    }
}

static void print_options(FILE *to)
{
    (void)fputs("    local options='", to);
    for (size_t i = 0; i < option_count; i++)
        (void)fprintf(to, "%s%s", i > 0 ? " " : "", option_table[i].name);
    (void)fputs("'\n    local serve='", to);
    const char *name = NULL, *value = NULL;
    for (size_t i = 0; (name = serve_option(i, &value)) != NULL; i++)
        (void)fprintf(to, "%s%s", i > 0 ? " " : "", name);
    (void)fputs("'\n    local phases='", to);
    for (int i = SSHEXEC_PHASE_QUEUE; i < SSHEXEC_PHASE_COUNT; i++)
        (void)fprintf(to, "%s%s=", i > SSHEXEC_PHASE_QUEUE ? " " : "",
                      sshexec_phase_name((sshexec_phase)i));
    (void)fputs("'\n    local names='", to);
    for (size_t i = 0; option_ssh_name(i) != NULL; i++)
        (void)fprintf(to, "%s%s=", i > 0 ? " " : "", option_ssh_name(i));
    (void)fputs("'\n", to);
}

bool completion_print(FILE *to)
{
    (void)fputs("# bash completion for sshexec; made by `sshexec completion bash`\n"
                "_sshexec()\n"
                "{\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n",
                to);
    print_options(to);
    (void)fputs("    case ${COMP_WORDS[1]} in\n"
                "        serve) options=$serve ;;\n"
                "        driver) options=--output-limit ;;\n"
                "        completion) COMPREPLY=($(compgen -W bash -- \"$word\")); return ;;\n"
                "    esac\n"
                "    case $last in\n"
                "        --limit) COMPREPLY=($(compgen -W \"$phases\" -- \"$word\"))\n"
                "            compopt -o nospace 2>/dev/null; return ;;\n"
                "        -o|--ssh-option) COMPREPLY=($(compgen -W \"$names\" -- \"$word\"))\n"
                "            compopt -o nospace 2>/dev/null; return ;;\n"
                "        ",
                to);
    print_patterns(to, true);
    (void)fputs(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n        ", to);
    print_patterns(to, false);
    (void)fputs(
        ") return ;;\n"
        "    esac\n"
        "    case $word in\n"
        "        -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
        "        *) COMPREPLY=($(compgen -A hostname -- \"$word\"))\n"
        "            if [ \"$COMP_CWORD\" = 1 ]; then\n"
        "                COMPREPLY+=($(compgen -W 'batch serve driver completion' -- \"$word\"))\n"
        "            fi ;;\n"
        "    esac\n"
        "}\n"
        "complete -o default -F _sshexec sshexec\n",
        to);
    return fflush(to) == 0;
}
