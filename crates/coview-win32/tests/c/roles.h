// What another process of this program does.
#ifndef ROLES_H
#define ROLES_H

// Plays the role and ends the process.
void play(const char *role, const char *first, const char *second);

#endif
