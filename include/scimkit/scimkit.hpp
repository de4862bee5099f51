// What every embedding application needs: the service and its options, bearer tokens, the registry, small stores and
// the contract of all stores. What some need besides has a header of its own: a backend (memory/memory_store.hpp,
// lmdb/lmdb_store.hpp, postgresql/postgresql_store.hpp), the server (http/server.hpp), API keys and scopes
// (security/api_key.hpp, scopes.hpp), addresses and rates (security/gate.hpp), profiles (tolerance/profile.hpp), packs
// of schemas (schema/packs.hpp), tenants (tenants/tenants.hpp), what follows from changes (events/).
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/service/committed_change.hpp>
#include <scimkit/service/service.hpp>
#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/version.hpp>
