/*
 * The string functions by their neutral names, for programs on Linux: 8 bits a character, or wide ones by _UNICODE.
 *
 * With -fshort-wchar, the wide ones of the C library do not fit: use the A functions, or strings of one's own.
 */
#ifndef COVIEW_TCHAR_H
#define COVIEW_TCHAR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#ifdef _UNICODE
#define COVIEW_T(text) L##text
typedef wchar_t _TCHAR;
#define _tcscat wcscat
#define _tcschr wcschr
#define _tcscmp wcscmp
#define _tcscpy wcscpy
#define _tcslen wcslen
#define _tcsncmp wcsncmp
#define _tcsncpy wcsncpy
#define _tcsrchr wcsrchr
#define _tcsstr wcsstr
#define _tcstol wcstol
#define _tcstoul wcstoul
#define _fputts fputws
#define _ftprintf fwprintf
#define _sntprintf swprintf
#define _tprintf wprintf
#else
#define COVIEW_T(text) text
typedef char _TCHAR;
#define _tcscat strcat
#define _tcschr strchr
#define _tcscmp strcmp
#define _tcscpy strcpy
#define _tcslen strlen
#define _tcsncmp strncmp
#define _tcsncpy strncpy
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcstol strtol
#define _tcstoul strtoul
#define _fputts fputs
#define _ftprintf fprintf
#define _sntprintf snprintf
#define _tprintf printf
#endif

/* Arguments come as bytes, so that a wide main is not to be had. */
#ifndef _UNICODE
#define _tmain main
#endif

#define _T(text) COVIEW_T(text)
#define _TEXT(text) COVIEW_T(text)

#endif
