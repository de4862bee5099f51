// The operations of a PATCH message, each on one target.
#pragma once

#include "filter.hpp"

namespace scimkit::model
{

enum class PatchOp
{
    add,
    replace,
    remove
};

struct Operation
{
    PatchOp op = PatchOp::add;
    Path path{};
    json::value value{};
    bool has_value = false; ///< null is none (RFC 7643 section 2.5)
    bool implicit = false;  ///< a member of a value without path
};

/// Throws Refusal.
std::vector<Operation> decode_patch(json::value const& body, Type const& type, Mode mode);

} // namespace scimkit::model
