#include "service/group.h"

#include "cli/task_json.h"
#include "lib/memory.h"
#include "service/answer.h"

#include <microhttpd.h>
#include <stdlib.h>

struct member {
    struct group *group; /* borrowed */
    size_t index;
    struct ticket *ticket; /* NULL when it is over */
};

struct group {
    struct http_request *request; /* borrowed; its userdata is the group */
    json_t *results;              /* owned; an array with null for what is under way */
    bool is_alone;                /* the answer is the result itself */
    size_t left;                  /* under way; and 1 while somebody goes through the members */
    size_t count;
    struct member members[];
};

static struct group *group_new(struct http_request *request, size_t count, bool is_alone)
{
    struct group *group = memory_zeroed(sizeof *group + count * sizeof group->members[0]);
    group->request = request;
    group->results = json_array();
    group->is_alone = is_alone;
    group->left = 1;
    group->count = count;
    request->userdata = group;
    return group;
}

static void finish(struct group *group)
{
    json_t *answer = group->is_alone ? json_incref(json_array_get(group->results, 0))
                                     : json_pack("{s:O}", "results", group->results);
    group->request->userdata = NULL;
    answer_json(group->request, MHD_HTTP_OK, answer, NULL, NULL);
    json_decref(group->results);
    free(group);
}

static void step_back(struct group *group)
{
    if (--group->left == 0)
        finish(group);
}

static void on_done(json_t *result, void *userdata)
{
    struct member *member = userdata;
    struct group *group = member->group;
    member->ticket = NULL;
    (void)json_array_set_new(group->results, member->index, result);
    step_back(group);
}

static enum tickets_answer begin(struct tickets *tickets, struct group *group, size_t index,
                                 json_t *object, struct err_text *error)
{
    struct member *member = &group->members[index];
    *member = (struct member){group, index, NULL};
    (void)json_array_append_new(group->results, json_null());
    enum tickets_answer answer =
        tickets_begin(tickets, object, on_done, member, &member->ticket, error);
    group->left += answer == TICKETS_TAKEN ? 1 : 0;
    return answer;
}

void group_begin_one(struct tickets *tickets, struct http_request *request, json_t *object)
{
    struct err_text error = {""};
    struct group *group = group_new(request, 1, true);
    enum tickets_answer answer = begin(tickets, group, 0, object, &error);
    if (answer == TICKETS_TAKEN) {
        step_back(group);
        return;
    }
    request->userdata = NULL;
    json_decref(group->results);
    free(group);
    answer_refusal(request,
                   answer == TICKETS_FULL ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_BAD_REQUEST,
                   error.text);
}

void group_begin_all(struct tickets *tickets, struct http_request *request, json_t *array)
{
    size_t index = 0;
    json_t *object = NULL;
    struct group *group = group_new(request, json_array_size(array), false);
    json_array_foreach(array, index, object)
    {
        struct err_text error = {""};
        if (begin(tickets, group, index, object, &error) != TICKETS_TAKEN)
            (void)json_array_set_new(group->results, index, task_json_refusal(error.text));
    }
    step_back(group);
}

void group_leave(struct group *group)
{
    group->left++;
    for (size_t i = 0; i < group->count; i++) {
        if (group->members[i].ticket != NULL)
            ticket_cancel(group->members[i].ticket);
    }
    step_back(group);
}
