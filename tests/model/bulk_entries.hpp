// One operation of a Bulk on its way through the model.
#pragma once

#include "bulk.hpp"

namespace scimkit::model
{

enum class State
{
    waiting,
    done,
    failed
};

struct Entry
{
    std::string method{};
    std::string bulk_id{};
    std::string path{};
    std::string version{};
    json::value data{};
    Type const* type = nullptr; ///< null: its path leads nowhere
    std::string id{};
    std::vector<std::size_t> uses{};
    std::optional<std::size_t> path_uses{};
    std::vector<Refusal> refused{}; ///< whatever the others do
    bool may_dangle = false;        ///< it is faulty, and what it refers to was not looked at

    State state = State::waiting;
    int status = 0;
    std::vector<Refusal> refusals{};

    bool makes() const { return method == "POST"; }
};

/// Throws what the message may be refused with, as std::vector<Refusal>.
std::vector<Entry> read_entries(json::value const& message, std::optional<std::size_t>& most_errors);

/// All ids are known before anything is done: fills World::promised.
void promise(World& world, std::vector<Entry>& entries);

/// Where its path leads, and what it refers to.
void locate(Entry& operation, World const& world, BulkRules const& rules);

/// As a request of its own. A version names what was there before the Bulk.
Step step_of(Entry const& operation, World const& world);

} // namespace scimkit::model
