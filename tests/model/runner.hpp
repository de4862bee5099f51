// Runs a sequence through all services and the model at once, and finds where they part.
#pragma once

#include "lanes.hpp"
#include "model.hpp"

#include <functional>
#include <optional>
#include <set>

namespace scimkit::model
{

/// Where a service did not do what the model says, or two of them not the same.
struct Finding
{
    std::string what{};
    Sequence sequence{}; ///< up to the request that shows it
};

/// Gives the next request, knowing what the model has; nothing ends the sequence.
using NextStep = std::function<std::optional<Step>(Model const&)>;

class Runner
{
public:
    /// Uses, and empties, `directory` for databases.
    /// `without` names what is not looked at: groups-order, fault-order.
    explicit Runner(std::filesystem::path const& directory, std::set<std::string> without = {});

    /// `sweeps`: also looks at everything that is there at the end, and walks over all of it in pages; that costs about
    /// as much as a third of the requests before.
    std::optional<Finding> run(Mode mode, NextStep const& next, bool sweeps = true);
    std::optional<Finding> run(Sequence const& sequence);

    /// Fewer requests that still show a finding of the same kind.
    Finding shrink(Finding finding);

    /// Requests that services were sent, those that only look at what is there included; each service counts.
    std::uint64_t requests() const { return requests_; }
    /// The same with each operation of a Bulk for itself.
    std::uint64_t operations() const { return operations_; }
    /// Requests of sequences, each once, however many services it was sent to.
    std::uint64_t steps() const { return steps_; }
    /// Writes of which the model says nothing but that all stores answer alike.
    std::uint64_t undecided() const { return undecided_; }
    Lanes& lanes(Mode mode) { return mode == Mode::strict ? strict_ : tolerant_; }

private:
    class Sequential;

    Lanes tolerant_;
    Lanes strict_;
    std::set<std::string> without_;
    std::uint64_t requests_ = 0;
    std::uint64_t operations_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t undecided_ = 0;
};

} // namespace scimkit::model
