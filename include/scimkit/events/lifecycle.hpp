// Joiner, mover, leaver: what a change means for a person, so that an application can make an account ready, change
// what somebody may do, end sessions and revoke tokens.
//
//     LifecycleHooks hooks;
//     hooks.leaver = [&](LifecycleEvent const& event) { return sessions.end_all_of(event.tenant, event.id); };
//     auto reader = LogReader::start(store, {.name = "lifecycle", .handle = lifecycle_handler(hooks)});
//
// A hook is told at least once, also across a crash between the commit and the hook (events/log_reader.hpp); so it has
// to bear being told twice. What it returns an error for it is told again, and what comes after in that tenant waits.
// ServiceOptions::observer is told before the client has its answer, but not after a crash: who ends sessions takes
// both.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/events/log_reader.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

enum class Lifecycle
{
    joiner, ///< was created active, or became active
    mover,  ///< department, title, manager, organisation and their like, or a group
    leaver  ///< became inactive, or was removed
};

/// "joiner", "mover", "leaver".
SCIMKIT_API std::string_view name_of(Lifecycle kind) noexcept;

/// One person, one change. Lifetimes: of the call; copy what you keep.
struct LifecycleEvent
{
    Lifecycle kind;
    std::string_view tenant;
    std::string_view id;                       ///< of the person's resource
    std::span<std::string const> attributes{}; ///< of a mover: the paths that make it one; empty: a group
    std::string_view group{};                  ///< of a mover by a group: its id
    bool joined_group = false;                 ///< or left it
    LoggedChange const& change;                ///< by which it came about; that of the group, where there is one
};

/// The rules. Replace them by deriving from this.
///
/// Threading: called by any number of threads at once. Lifetimes: shared by the handlers and messages that use them.
/// Errors: none; what classify() throws is that of the reader's function, which is called again.
class SCIMKIT_API LifecycleRules
{
public:
    virtual ~LifecycleRules() = default;

    /// Tells `sink` what a change means: nothing, one event, or one for each person of a group's change. It returns
    /// false to stop. Complexity: linear in the change.
    virtual void classify(LoggedChange const& change, function_ref<bool(LifecycleEvent const&)> sink) const = 0;
};

struct LifecycleRuleOptions
{
    std::vector<std::string> people{"User"};  ///< names of resource types
    std::vector<std::string> groups{"Group"}; ///< whose large attribute `members` makes movers
    std::string members = "members";
    /// Paths of top-level attributes, as the change log spells them, whose change makes a mover.
    std::vector<std::string> places{
        "title",
        "userType",
        "roles",
        "entitlements",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    };
};

/// A person that never had `active` is active; one that it is taken from is not any more. The log does not tell what
/// was before, so: `active` became true: joiner, also of somebody who was active without saying so; it became false or
/// went, or the person was removed: leaver, also of somebody inactive. What becomes inactive is no mover besides.
/// Whoever is removed leaves its groups in the same commit, or in those before, as a mover. An id that left a group may
/// be that of a nested group; one that came as `type` "Group" is none of a person.
///
/// A group that is removed makes no movers: the log does not say who was in it. Its own change does come (`removed`, of
/// a type of `groups`, with its id and name): take away then all that was given by that id, as whoever keeps a right by
/// the id of the group that gave it can. Who needs each person removes the members first and the group afterwards, or
/// keeps who is in which group from the movers before.
///
/// Threading: what comes back is immutable, for any number of threads. Lifetimes: it has its own copy of the options.
/// Errors: none. Complexity: of a change linear in what changed, times the names in the options.
SCIMKIT_API std::shared_ptr<LifecycleRules const> lifecycle_rules(LifecycleRuleOptions options = {});

/// Any of them may be empty.
///
/// Threading: called on the thread of the LogReader, in no transaction, one at a time; those of readers that share a
/// function, by several at once. They may call the store and services. While one works, the changes behind it wait.
/// Lifetimes: copied into the handler. Errors: whoever returns one, or throws, is told again, with the first event of
/// that change, after a pause that grows (LogReaderOptions::first_pause).
struct LifecycleHooks
{
    std::function<result<void>(LifecycleEvent const&)> joiner{};
    std::function<result<void>(LifecycleEvent const&)> mover{};
    /// Made for ending sessions and revoking tokens.
    std::function<result<void>(LifecycleEvent const&)> leaver{};
};

/// For LogReaderOptions::handle. `rules` null: lifecycle_rules().
///
/// Threading: may be called as the hooks may. Lifetimes: it has its own copies of the hooks, and shares the rules.
/// Errors: those of a hook; LogBatch::done says which changes came before. Complexity: that of rules and hooks.
SCIMKIT_API std::function<result<void>(LogBatch&)> lifecycle_handler(LifecycleHooks hooks,
                                                                     std::shared_ptr<LifecycleRules const> rules = {});

} // namespace scimkit
