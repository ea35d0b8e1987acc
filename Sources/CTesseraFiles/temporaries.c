#include "tessera_files.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node {
    atomic_int taken;
    _Atomic(char *) path;
    struct node *next;
};

static _Atomic(struct node *) head;

static struct node *take_free_node(void) {
    for (struct node *node = atomic_load(&head); node != NULL; node = node->next) {
        int free_value = 0;
        if (atomic_compare_exchange_strong(&node->taken, &free_value, 1)) return node;
    }
    return NULL;
}

static struct node *add_node(void) {
    struct node *node = calloc(1, sizeof *node);
    if (node == NULL) return NULL;
    atomic_init(&node->taken, 1);
    struct node *first = atomic_load(&head);
    do {
        node->next = first;
    } while (!atomic_compare_exchange_weak(&head, &first, node));
    return node;
}

void *tessera_temporary_remember(const char *path) {
    char *copy = strdup(path);
    if (copy == NULL) return NULL;
    struct node *node = take_free_node();
    if (node == NULL) node = add_node();
    if (node == NULL) {
        free(copy);
        return NULL;
    }
    atomic_store(&node->path, copy);
    return node;
}

void tessera_temporary_forget(void *opaque) {
    struct node *node = opaque;
    if (node == NULL) return;
    // NULL here means that a handler has the string; it is then left to the end of the process.
    free(atomic_exchange(&node->path, NULL));
    atomic_store(&node->taken, 0);
}

void tessera_temporaries_remove(void) {
    int saved = errno;
    for (struct node *node = atomic_load(&head); node != NULL; node = node->next) {
        char *path = atomic_exchange(&node->path, NULL);
        if (path != NULL) unlink(path);
    }
    errno = saved;
}
