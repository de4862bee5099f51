// Written past the service: it is the server that holds, in the middle of somebody's request, and no administrator.
#include "deletion_holds.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/core/environment.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "invalid.hpp"

#include <chrono>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

constexpr auto own_tenant = "default"; // the tenant of its own resources
constexpr std::string_view digits = "0123456789abcdef";
constexpr std::chrono::seconds note_patience{2}; // of a request, with the note of a hold; it goes on, and the note too
constexpr std::chrono::seconds longest_note{30}; // that a note waits for the administration's store; then it is logged

/// Of the tenant, so that two requests at once note one hold. In hexadecimal digits: an id stands in a path.
std::string id_of(std::string const& tenant)
{
    std::string id = "hold-";
    for (char const c : tenant)
        id.append({digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15U]});
    return id;
}

result<scimkit::ResourceType const*> type_in(scimkit::Attachment const& attachment)
{
    auto const* const type = attachment.registry().find_resource_type(hold_type);
    if (!type)
        return invalid("the store has no holds.");
    return type;
}

} // namespace

void HoldListener::set(Note note)
{
    std::unique_lock lock{mutex_};
    waiting_.clear();
    note_ = std::move(note);
    if (note_ && !thread_.joinable())
        thread_ = std::jthread{[this](std::stop_token const& stop) { work(stop); }};
    changed_.notify_all(); // who waits for one that is forgotten
    changed_.wait(lock, [&] { return current_.empty(); });
}

void HoldListener::tell(std::string const& tenant)
{
    std::unique_lock lock{mutex_};
    if (!note_)
        return;
    waiting_.insert(tenant);
    changed_.notify_all();
    changed_.wait_for(lock, note_patience, [&] { return current_ != tenant && !waiting_.contains(tenant); });
}

void HoldListener::work(std::stop_token const& stop)
{
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [&] { return note_ && !waiting_.empty(); }) && !stop.stop_requested())
    {
        current_ = std::move(waiting_.extract(waiting_.begin()).value());
        auto const note = note_;
        lock.unlock();
        note(current_); // nobody else changes it
        lock.lock();
        current_.clear();
        changed_.notify_all();
    }
}

result<void> note_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment, std::string const& tenant,
                       scimkit::Instant since)
{
    auto const type = type_in(attachment);
    if (!type)
        return type.error();
    auto const rules = scimkit::UniqueKeyRules::make(attachment.registry());
    if (!rules)
        return rules.error();
    scimkit::Resource hold{.type = *type, .id = id_of(tenant), .created = since, .last_modified = since};
    hold.attributes = {{"tenant", tenant}, {"since", scimkit::format_date_time(since)}};
    auto const write = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        auto const there = transaction.get(**type, hold.id, scimkit::wanted_nothing());
        if (!there)
            return there.error();
        if (*there)
            return {};
        auto made = hold;
        auto done = transaction.insert(made, rules->facts_of(made));
        return done ? result<void>{} : done.error();
    };
    auto done = store.write(
        attachment, own_tenant,
        {.now = since, .deadline = std::chrono::steady_clock::now() + longest_note, .actor = "scimkit-server"}, write);
    bool const is_there = !done && done.error().code == scimkit::ErrorCode::uniqueness; // by an administrator
    return is_there ? result<void>{} : done;
}

result<void> forget_hold(scimkit::ResourceStore& store, scimkit::Attachment const& attachment, std::string const& id)
{
    auto const type = type_in(attachment);
    if (!type)
        return type.error();
    auto done =
        store.write(attachment, own_tenant, {.now = scimkit::system_environment()->now(), .actor = "scimkit-server"},
                    [&](scimkit::WriteTransaction& transaction) { return transaction.remove(**type, id, {}); });
    bool const is_gone = !done && done.error().code == scimkit::ErrorCode::not_found;
    return is_gone ? result<void>{} : done;
}

} // namespace server
