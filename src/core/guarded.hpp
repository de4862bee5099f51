// Calls of what others have written, from a thread of the framework's own, on which nobody would catch anything.
#pragma once

#include <scimkit/core/error.hpp>

#include <exception>

namespace scimkit::detail
{

/// What `call` returns. What it throws is an error like any other: internal.
template <class Call>
result<void> guarded(Call&& call)
{
    try
    {
        return call();
    }
    catch (std::exception const& exception)
    {
        return Error{ErrorCode::internal, exception.what()};
    }
    catch (...)
    {
        return Error{ErrorCode::internal, "An unknown exception was thrown."};
    }
}

} // namespace scimkit::detail
