#include "base/event.h"

#include <string.h>

static const struct {
    const char *name, *sentence;
} events[] = {
#define X(id, name, sentence) {name, sentence},
    EVENTS(X)
#undef X
};

const char *event_name(enum event event)
{
    return events[event].name;
}

const char *event_sentence(enum event event)
{
    return events[event].sentence;
}

bool event_from_name(const char *name, enum event *event)
{
    for (int i = 0; i < EVENT_COUNT; i++) {
        if (strcmp(events[i].name, name) == 0) {
            *event = (enum event)i;
            return true;
        }
    }
    return false;
}
