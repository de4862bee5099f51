// SCIMKIT_API marks what a shared build exports; everything else is hidden (-fvisibility=hidden). With Linux compilers
// it is the same whether a library is built or used. The branch for Windows is what its compilers would need of a
// single library, and is not tested: nothing else of scimkit has been ported there.
#pragma once

#if defined(SCIMKIT_STATIC)
#define SCIMKIT_API
#elif defined(_WIN32)
#if defined(SCIMKIT_BUILDING)
#define SCIMKIT_API __declspec(dllexport)
#else
#define SCIMKIT_API __declspec(dllimport)
#endif
#else
#define SCIMKIT_API __attribute__((visibility("default")))
#endif
