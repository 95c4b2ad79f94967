/* Security descriptors from text, for programs on Linux: what the library makes of them is in its documentation. */
#ifndef COVIEW_SDDL_H
#define COVIEW_SDDL_H

#include <windows.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SDDL_REVISION_1 1
#define SDDL_REVISION SDDL_REVISION_1

/* What it gives is freed with LocalFree. */
BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorA(LPCSTR StringSecurityDescriptor,
                                                                 DWORD StringSDRevision,
                                                                 PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                                 PULONG SecurityDescriptorSize);
BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR StringSecurityDescriptor,
                                                                 DWORD StringSDRevision,
                                                                 PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                                 PULONG SecurityDescriptorSize)
    COVIEW_WIDE(ConvertStringSecurityDescriptorToSecurityDescriptorW);
#define ConvertStringSecurityDescriptorToSecurityDescriptor \
    COVIEW_AW(ConvertStringSecurityDescriptorToSecurityDescriptor)

#ifdef __cplusplus
}
#endif

#endif
