// Kept: whether the object under a schema's URI, of which unknown names are left out, still says something.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/json.hpp>

#include <string>
#include <string_view>

namespace scimkit
{

/// An object may be empty, or say nothing but null; but where something was sent, a known name has to be among it, or
/// what was there would be changed to nothing, or the client told of a change that nobody made.
class Kept
{
public:
    void count(bool is_known, json::value const& value) noexcept
    {
        any_known_ = any_known_ || is_known;
        any_lost_ = any_lost_ || (!is_known && !value.is_null());
    }

    /// Error: invalid_value, naming the schema whose object it is.
    result<void> judge(std::string_view schema) const
    {
        if (any_known_ || !any_lost_)
            return {};
        std::string detail{schema};
        detail += ": none of the names in the object is an attribute, so nothing of it is left.";
        return Error{ErrorCode::invalid_value, std::move(detail), std::string{schema}};
    }

private:
    bool any_known_ = false;
    bool any_lost_ = false;
};

} // namespace scimkit
