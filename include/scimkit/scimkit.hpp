// Everything an embedding application needs: options, authenticators, the registry, small stores and the contract of
// all stores. Backends have headers of their own (memory/memory_store.hpp, lmdb/lmdb_store.hpp,
// postgresql/postgresql_store.hpp), and so has the server (http/server.hpp).
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/service/committed_change.hpp>
#include <scimkit/service/service.hpp>
#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/version.hpp>
