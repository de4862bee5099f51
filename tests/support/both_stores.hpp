// Stores that share no code, for tests of what must not depend on the store.
#pragma once

#include "service_fixture.hpp"
#include "table_store.hpp"

namespace scimkit::test
{

/// The memory store, the same with every change worked out ahead of its write transaction, and a small store; each call
/// makes new ones.
inline std::vector<std::function<ServiceOptions()>> both_stores(Tolerance const& tolerance = {})
{
    return {
        [=] { return ServiceOptions{.tolerance = tolerance}; },
        [=]
        {
            ServiceOptions options{.tolerance = tolerance};
            options.limits.max_work_as_writer = 0;
            return options;
        },
        [=]
        { return ServiceOptions{.store = adapt_small_store(std::make_shared<Table>(true)), .tolerance = tolerance}; }};
}

} // namespace scimkit::test
