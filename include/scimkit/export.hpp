// SCIMKIT_API marks what a shared library exports; everything else is hidden (-fvisibility=hidden). It is the same
// whether a library is built or used; a static one needs none (SCIMKIT_STATIC, which its targets define). For GCC and
// Clang; scimkit has not been ported to compilers that would need more.
#pragma once

#if defined(SCIMKIT_STATIC)
#define SCIMKIT_API
#else
#define SCIMKIT_API __attribute__((visibility("default")))
#endif
