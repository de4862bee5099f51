// Everything an embedding application needs; backends and http have their own headers.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/service/service.hpp>
#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/version.hpp>
