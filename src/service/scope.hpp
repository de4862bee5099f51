// Scope: what the steps of an operation have around them besides the request: whose data, which resource type, how much
// time and work. apply() sees this and nothing of the request, so that it can run for a Bulk, a second time, or later.
#pragma once

#include <scimkit/store/store.hpp>

#include "state.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace scimkit::service
{

/// Lives as long as the operation does. The state outlives it.
struct Scope : membership::Scope
{
    ServiceState const& state;
    TypePlan const* type_plan = nullptr; ///< null for discovery alone
    std::string_view tenant;
    bool observed = false; ///< somebody will be told of what becomes of it
    /// The request has a Request::work_limit: what takes long, or has to wait, is to be carried out elsewhere, on a
    /// thread that is none of those for short requests.
    bool elsewhere = false;
    /// What the operation may work as the writer, where that is not ServiceLimits::max_work_as_writer.
    std::optional<std::uint64_t> as_writer{};

    TypePlan const& plan() const noexcept { return *type_plan; }
    Tolerance const& tolerance() const noexcept { return state.options.tolerance; }

    /// Makes it about another resource type.
    void set_type(TypePlan const& plan) noexcept
    {
        type_plan = &plan;
        type_rules = plan.memberships;
    }
};

} // namespace scimkit::service
