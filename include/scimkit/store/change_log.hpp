// The change log: what happened in a tenant, in the order of commits (ability StoreTraits::change_log). A commit writes
// its records with what it changes, so that the log never says more or less than the store holds; replayed from its
// beginning it gives the tenant's resources.
//
// Any number of readers follow it, each at its own pace, and none of them holds up a writer. One that keeps its place
// in the store is told of everything at least once, also across crashes:
//
//     ChangeLog& log = *store.change_log();
//     auto const known = log.place(tenant, context, "audit");
//     if (!known)
//         return known.error();
//     LogPosition place = known->value_or(LogPosition{});
//     for (;;)
//     {
//         auto const more = log.wait(tenant, context, place, stop);
//         if (!more)
//             return more.error(); // `trimmed`: begin anew from the resources
//         if (!*more)
//             return {}; // the deadline, or a stop
//         std::vector<LoggedChange> page;
//         auto const keep = [&](LoggedChange&& one) { return page.push_back(std::move(one)), true; };
//         if (auto const read = log.read(tenant, context, place, 100, keep); !read)
//             return read;
//         for (LoggedChange const& change : page)
//             handle(change); // bears being told twice
//         if (!page.empty())
//             place = page.back().position;
//         if (auto const kept = log.acknowledge(tenant, context, "audit", place); !kept)
//             return kept;
//     }
//
// The log grows until somebody trims it. It holds personal data, that of removed resources too, for as long as it is
// kept.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/resource/resource.hpp>
#include <scimkit/store/call_context.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// A place in the change log of a tenant: behind the change that has it. A later change has a greater one; there may be
/// gaps. `LogPosition{}` is before all changes. A type of its own: it is no version of a resource.
class LogPosition
{
public:
    constexpr LogPosition() noexcept = default;
    constexpr explicit LogPosition(std::uint64_t number) noexcept
        : number_(number)
    {
    }

    constexpr std::uint64_t number() const noexcept { return number_; }

    friend constexpr auto operator<=>(LogPosition, LogPosition) noexcept = default;

private:
    std::uint64_t number_ = 0;
};

/// One write of one resource. A value.
///
/// Secrets: an attribute that is writeOnly or never returned is named where it changed, without its value; within a
/// complex value or an element it is left out.
struct LoggedChange
{
    enum class Operation
    {
        created,
        replaced,
        removed
    };

    /// What a top-level attribute became.
    struct Value
    {
        std::string path{};  ///< "displayName", "urn:…:User:department", as AttributeRef::path() spells it
        json::value value{}; ///< canonical; null: unassigned, or not told
        /// False: only that it changed is known. It is secret, or the record is from before the log had values.
        bool told = true;

        friend bool operator==(Value const&, Value const&) = default;
    };

    /// Which elements of a large attribute (a group's `members`) came and went.
    struct Elements
    {
        std::string attribute{};          ///< its name
        std::vector<json::object> came{}; ///< whole: new ones, and ones that say something else than before
        std::vector<std::string> went{};  ///< by their `value`; none of them is in `came`

        friend bool operator==(Elements const&, Elements const&) = default;
    };

    /// By what others know a resource. Empty: it has none.
    struct Identity
    {
        std::string external_id{};
        std::string user_name{};
        std::string display_name{};

        friend bool operator==(Identity const&, Identity const&) = default;
    };

    LogPosition position{};
    std::string tenant{};
    std::string resource_type{}; ///< its name
    std::string id{};
    Operation operation = Operation::created;
    Version before{}; ///< of the resource; none before its creation
    Version after{};  ///< none after its removal

    /// All that a new resource has; what a replaced one got and lost; nothing of a removed one. Large attributes are
    /// not among them.
    std::vector<Value> changed{};
    /// All of a new resource; nothing of a removed one.
    std::vector<Elements> elements{};
    Identity removed{}; ///< of a removed resource, as it was last

    bool given_whole = false; ///< of a replaced one: by a client that gave all of it (PUT)
    /// What the resource had before and has still; secrets and large attributes are not among them. Of a PUT
    /// everything; otherwise marks alone: boolean attributes that are readOnly, as `managed` of an account may be one.
    /// Of a removed resource its marks. Nothing in a record from before the log had them.
    std::vector<Value> kept{};

    std::string actor{};    ///< CallContext::actor
    std::string trace_id{}; ///< CallContext::trace_id
    Instant time{};         ///< Resource::last_modified; of a removal CallContext::now

    friend bool operator==(LoggedChange const&, LoggedChange const&) = default;
};

/// What there is of a log: the changes behind `begin`, up to `end` and with it.
struct LogExtent
{
    LogPosition begin{};     ///< that of the last change that was trimmed
    LogPosition end{};       ///< that of the newest change; `begin` where there is none
    std::uint64_t bytes = 0; ///< what the changes between them take, about

    friend bool operator==(LogExtent const&, LogExtent const&) = default;
};

/// The log as a transaction sees it: one snapshot with the resources, so that a copy of them can be followed from
/// extent().end on. What a write transaction has written itself is not in it before its commit.
///
/// On every member:
///   Threading    On the thread of the transaction.
///   Lifetimes    As long as the transaction. A sink is called before the function returns; it may use the same
///                transaction. What it is given by && is its own.
///   Errors       Those of the budget (too_many, unavailable) and of the store.
class SCIMKIT_API ChangeLogView
{
public:
    virtual ~ChangeLogView() = default;

    /// Complexity: constant.
    virtual result<LogExtent> extent() = 0;

    /// At most `limit` changes behind `after`, in order. `sink` returns false to stop. Nothing behind a position that
    /// the log has not reached.
    /// Errors: trimmed, where changes behind `after` are not kept any more (`after` is before extent().begin); then
    /// `sink` is told of nothing, and the reader has to begin anew from the resources.
    /// Complexity: linear in what is read.
    virtual result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) = 0;
};

/// The place of a named reader. A value.
struct LogPlace
{
    std::string reader{};
    LogPosition position{};
    Instant acknowledged{}; ///< CallContext::now of the last acknowledge()

    friend bool operator==(LogPlace const&, LogPlace const&) = default;
};

/// What may go from a log. By default nothing.
struct LogTrim
{
    /// Changes of an earlier time go.
    Instant before = Instant::min();
    /// The oldest changes go until the rest takes no more (LogExtent::bytes).
    std::uint64_t most_bytes = std::numeric_limits<std::uint64_t>::max();
    /// A named reader keeps back what it has not acknowledged, unless its last acknowledge() was before this: one that
    /// never comes again must not fill the disk. Instant::max(): no reader keeps anything back.
    Instant readers_since = Instant::min();
};

/// What ChangeLog::trim() did.
struct LogTrimmed
{
    LogPosition begin{};       ///< LogExtent::begin now
    std::uint64_t changes = 0; ///< how many went
    bool more = false;         ///< the budget or the deadline ended it; call again

    friend bool operator==(LogTrimmed const&, LogTrimmed const&) = default;
};

inline constexpr std::size_t max_log_reader_bytes = 64; ///< of a named reader's name

/// The log of a store, for those who follow it. Each call is a transaction of its own, and needs no attachment.
///
/// On every member:
///   Threading    Any number of threads at once; never within a transaction.
///   Lifetimes    As long as the store. Arguments are views and need to live during the call only. A sink is called
///                before the function returns, perhaps within a transaction of the store: it must not call the store,
///                and gathers what it wants. What it is given by && is its own.
///   Errors       invalid_value (a tenant's name of more than 64 bytes; a reader's that is empty or longer than
///                max_log_reader_bytes), those of the budget (too_many, unavailable), and those of the store.
class SCIMKIT_API ChangeLog
{
public:
    virtual ~ChangeLog() = default;

    /// Complexity: constant.
    virtual result<LogExtent> extent(std::string_view tenant, CallContext const& context) = 0;

    /// As ChangeLogView::read(). Errors: trimmed. Complexity: linear in what is read.
    virtual result<void> read(std::string_view tenant, CallContext const& context, LogPosition after,
                              std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) = 0;

    /// Waits until there is a change behind `after`: true; or until the deadline of the context, or a stop is
    /// requested of `stop`: false. A commit through this store object wakes it at once; those of others (another
    /// process over the same database) are looked for every second or more often.
    /// Threading: blocks the calling thread, in no transaction. All waits must have ended before the store goes.
    /// Errors: trimmed, at once or when it happens meanwhile; a deadline is none.
    /// Complexity: constant for each commit and each look.
    virtual result<bool> wait(std::string_view tenant, CallContext const& context, LogPosition after,
                              std::stop_token stop) = 0;

    /// Keeps the place of a reader: it has handled everything up to `position` and with it. The first time makes the
    /// reader; LogPosition{} lets it keep everything back from the beginning. It may go back too, as far as the log
    /// does. Durable as a write is.
    /// Errors: trimmed (`position` is before extent().begin), invalid_value (it is behind extent().end).
    /// Complexity: constant.
    virtual result<void> acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                                     LogPosition position) = 0;

    /// Nothing where there is no such reader. A place before extent().begin is returned as it is: reading from there
    /// says what happened. Complexity: constant.
    virtual result<std::optional<LogPosition>> place(std::string_view tenant, CallContext const& context,
                                                     std::string_view reader) = 0;

    /// The named readers, in the order of their names; `sink` returns false to stop. Complexity: linear in their
    /// number.
    virtual result<void> places(std::string_view tenant, CallContext const& context,
                                function_ref<bool(LogPlace&&)> sink) = 0;

    /// False: there was no such reader. Complexity: constant.
    virtual result<bool> forget(std::string_view tenant, CallContext const& context, std::string_view reader) = 0;

    /// Takes away the oldest changes, as far as `what` says. In several short commits; what went before an error stays
    /// away. A budget or deadline that ends is no error (LogTrimmed::more).
    /// Complexity: linear in what goes, and in the number of named readers.
    virtual result<LogTrimmed> trim(std::string_view tenant, CallContext const& context, LogTrim const& what) = 0;
};

/// For stores that keep a log: what it tells of the values of top-level attributes. `sink` is given each path with the
/// value that `resource` has (null: none), or with null and told = false where it is secret; without large attributes
/// and without what no schema of the type has.
///
/// `paths`: of those that changed. Without: of all that the resource has.
///
/// Threading: any, as the two below. Lifetimes: `value` and `path` live during the call of the sink.
/// Errors: none. Complexity: linear in what is told.
SCIMKIT_API void logged_values(Resource const& resource, std::optional<std::span<std::string const>> paths,
                               function_ref<void(std::string_view path, json::value const& value, bool told)> sink);

/// The same for LoggedChange::kept: of what is not among `changed`, everything, or marks alone. Nothing that is secret.
SCIMKIT_API void logged_kept(Resource const& resource, std::span<std::string const> changed, bool everything,
                             function_ref<void(std::string_view path, json::value const& value)> sink);

/// The same of one element of a large attribute, for LoggedChange::Elements::came. Copies only where something is
/// secret: what comes back is `element` itself, or `space` with what is left of it.
SCIMKIT_API json::object const& logged_element(json::object const& element, Attribute const& attribute,
                                               json::object& space);

/// The same of a resource that goes, for LoggedChange::removed.
SCIMKIT_API LoggedChange::Identity logged_identity(Resource const& resource);

} // namespace scimkit
