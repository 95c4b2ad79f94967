// The conformance program: one line per row of the table, and 0 if every row is as recorded.
//
//     conformance [ROW...]       all rows, or those: A01 holds | A01 deviates | A01 nothing (why) | A01 FAILED ...
//     conformance --role ...     another process of a row's test
//
// The same source is a program for Windows, and one for Linux with Coview's Win32 functions.
#include "harness.h"
#include "roles.h"
#include "rows.h"

#define TESTED(id) {#id, row_##id, NULL},
#define NOTHING(id, why) {#id, NULL, why},
static const struct {
    const char *id;
    void (*test)(void);
    const char *why_not;
} rows[] = {ROWS(TESTED, NOTHING)};

static int known(const char *id) {
    for (size_t at = 0; at < COUNT(rows); at++)
        if (strcmp(rows[at].id, id) == 0) return 1;
    return 0;
}

static int chosen(const char *id, int count, char **words) {
    for (int at = 1; at < count; at++)
        if (strcmp(words[at], id) == 0) return 1;
    return count == 1;
}

int main(int count, char **words) {
    if (count >= 3 && strcmp(words[1], "--role") == 0)
        play(words[2], count > 3 ? words[3] : "", count > 4 ? words[4] : "");
    for (int at = 1; at < count; at++) {
        if (!known(words[at])) {
            fprintf(stderr, "there is no row %s\nusage: conformance [ROW...]\n", words[at]);
            return 2;
        }
    }
    int failed = 0;
    for (size_t at = 0; at < COUNT(rows); at++) {
        if (!chosen(rows[at].id, count, words)) continue;
        if (rows[at].test == NULL) {
            printf("%s nothing (%s)\n", rows[at].id, rows[at].why_not);
        } else {
            failed |= run_row(rows[at].id, rows[at].test) == FAILED;
        }
    }
    return failed;
}
