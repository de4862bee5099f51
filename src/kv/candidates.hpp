// Candidates: the ids that a plan finds, brought into order. What indexes alone can decide of an `and` is decided here,
// so that no record is read for it.
#pragma once

#include "id_set.hpp"
#include "plan.hpp"

#include <optional>
#include <vector>

namespace scimkit::kv
{

struct Candidates
{
    std::optional<IdSet> ids{};             ///< none: too many to bring into order
    std::vector<std::vector<Leg>> and_of{}; ///< what each candidate has to pass still; probes only
    bool exact = false;                     ///< those that pass match
};

/// Errors: those of the store and of the budget.
result<Candidates> find_candidates(Session& session, Catalog::Type const& type, Plan plan);

/// Whether all that a plan asks besides can be asked of one id at a time.
bool only_probes(Plan const& plan) noexcept;

/// Whether each of the lists has a leg that finds the id.
result<bool> passes(Session& session, std::vector<std::vector<Leg>> const& and_of, std::string_view id);

/// Those greater than `after` that pass, in order, until `visit` returns false.
result<void> visit_all(Session& session, Candidates const& candidates, std::string_view after,
                       function_ref<result<bool>(std::string_view id)> visit);

/// Those less than `before` that pass, from behind.
result<void> visit_back(Session& session, Candidates const& candidates, std::optional<std::string_view> before,
                        function_ref<result<bool>(std::string_view id)> visit);

} // namespace scimkit::kv
