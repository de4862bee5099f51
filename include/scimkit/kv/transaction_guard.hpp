// TransactionGuard, for authors of engines: store/transaction_guard.hpp, under the name that stands beside Engine.
// Threading, lifetimes, errors and complexity are there.
#pragma once

#include <scimkit/store/transaction_guard.hpp>

namespace scimkit::kv
{

using scimkit::TransactionGuard;

} // namespace scimkit::kv
