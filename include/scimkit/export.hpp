// SCIMKIT_API marks what a shared build exports; everything else is hidden.
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
