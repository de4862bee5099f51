// Walks an index from one value to the next; only values too long for their key need the records to be ordered.
#include "sorted_scan.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "approach.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

/// Of one group of values that begin alike, in bytes.
constexpr std::size_t most_kept = 32 << 20;

/// Entries with one value, or with cut values that begin alike: their order among each other needs the records.
struct Group
{
    std::string prefix;
    bool cut = false;
};

Group group_of(std::string_view key, std::size_t index_size)
{
    std::string_view const rest = key.substr(index_size);
    std::string_view const value = rest.substr(0, value_size(rest));
    bool const cut = is_cut(value);
    std::size_t const size = index_size + (cut ? without_hash(value) : value).size();
    return {std::string{key.substr(0, size)}, cut};
}

struct Sorted
{
    SortValue value;
    std::string id;
};

class SortedScan
{
public:
    SortedScan(Session& session, Catalog::Type const& type, Catalog::Index const& index, SortOrder const& order,
               bool backward, Page& page)
        : session_(session)
        , type_(type)
        , order_(order)
        , backward_(backward)
        , page_(page)
        , base_(session.keys().index(type.number, index.number))
        , walk_(session.access(), base_)
        , approach_(session, page, {base_, order.descending})
    {
    }

    result<void> run(scimkit::Cursor const* from)
    {
        if (auto begun = approach_.find(); !begun)
            return begun;
        auto walked = walk(from);
        if (walked)
            approach_.finish();
        return walked;
    }

private:
    result<void> walk(scimkit::Cursor const* from)
    {
        result<bool> found = false;
        if (from)
        {
            std::string key = base_;
            append_value(key, from->value.value_or(BoundLiteral{nullptr}), session_.keys().room());
            Group const group = group_of(key, base_.size());
            auto const more = give(group, from);
            if (!more || !*more)
                return more ? result<void>{} : result<void>{more.error()};
            found = beyond(group);
        }
        else if (approach_.start())
        {
            auto const& [position, key, size] = *approach_.start();
            Group const group{key.substr(0, size), false};
            auto const more = give(group, nullptr, key);
            if (!more || !*more)
                return more ? result<void>{} : result<void>{more.error()};
            found = beyond(group);
        }
        else
            found = descends() ? walk_.seek_before(end_of_prefix(base_)) : walk_.first();
        while (found && *found)
        {
            Group const group = group_of(walk_.key(), base_.size());
            auto const more = give(group, nullptr);
            if (!more)
                return more.error();
            if (!*more)
                return {};
            found = beyond(group);
        }
        return found ? result<void>{} : result<void>{found.error()};
    }

    /// Through the values. Ids ascend among equal values, whatever the order; backward all of it is turned round.
    bool descends() const noexcept { return order_.descending != backward_; }

    result<bool> beyond(Group const& group)
    {
        return descends() ? walk_.seek_before(group.prefix) : walk_.seek(end_of_prefix(group.prefix));
    }

    result<bool> begin_group(Walk& entries, std::string const& prefix, scimkit::Cursor const* from,
                             std::string_view key) const
    {
        if (!key.empty())
            return entries.seek(key);
        if (backward_)
            return entries.seek_before(from ? prefix + from->id : end_of_prefix(prefix));
        return from ? entries.seek_after(prefix + from->id) : entries.first();
    }

    /// The resources of a group, those beyond the position only, or from a key on, which is not empty then. False when
    /// the page needs no more.
    result<bool> give(Group const& group, scimkit::Cursor const* from, std::string_view key = {})
    {
        if (group.cut)
            return give_cut(group, from);
        Walk entries{session_.access(), group.prefix};
        auto found = begin_group(entries, group.prefix, from, key);
        for (; found && *found; found = backward_ ? entries.previous() : entries.next())
        {
            entries.hold();
            approach_.pass(entries.key(), group.prefix.size());
            auto more = page_.visit(entries.rest(), std::nullopt, false);
            if (!more || !*more)
                return more;
        }
        if (!found)
            return found.error(); // not `: found` behind a question mark: that would become a result of `false`
        return true;
    }

    result<bool> give_cut(Group const& group, scimkit::Cursor const* from)
    {
        std::vector<Sorted> members;
        std::size_t kept = 0;
        Walk entries{session_.access(), group.prefix};
        auto found = entries.first();
        for (; found && *found; found = entries.next())
        {
            std::string_view id = entries.key().substr(base_.size());
            id.remove_prefix(value_size(id));
            auto const resource = session_.get(*type_.type, id, {});
            if (!resource)
                return resource.error();
            if (!*resource)
                continue;
            Sorted member{sort_value(order_.attribute, (*resource)->view(), &session_.budget()), std::string{id}};
            if (session_.budget().exhausted())
                return session_.budget().error();
            auto* text = member.value ? std::get_if<StringKey>(&*member.value) : nullptr;
            if (text)
                std::string{}.swap(text->text); // only the key decides; to assign {} would keep the memory
            kept += sizeof member + id.size() + (text ? text->key.size() : 0);
            if (kept > most_kept)
                return Error{ErrorCode::too_many, "There are more than " + std::to_string(most_kept) +
                                                      " bytes of long values that begin alike to bring into order; "
                                                      "sort by another attribute."};
            members.push_back(std::move(member));
        }
        if (!found)
            return found;
        auto const compare = [&](Sorted const& a, SortValue const& value, std::string_view id)
        {
            int const by_value = compare_sort_values(a.value, value);
            return by_value != 0 ? (order_.descending ? -by_value : by_value) : std::string_view{a.id}.compare(id);
        };
        if (auto charged = session_.budget().charge(Budget::visit * members.size() + kept); !charged)
            return charged.error();
        std::ranges::sort(members, [&](Sorted const& a, Sorted const& b) { return compare(a, b.value, b.id) < 0; });
        if (backward_)
            std::ranges::reverse(members);
        for (Sorted const& member : members)
        {
            int const place = from ? compare(member, from->value, from->id) : 0;
            if (from && (backward_ ? place >= 0 : place <= 0))
                continue;
            approach_.pass();
            auto more = page_.visit(member.id, std::nullopt, false);
            if (!more || !*more)
                return more;
        }
        return true;
    }

    Session& session_;
    Catalog::Type const& type_;
    SortOrder const& order_;
    bool backward_;
    Page& page_;
    std::string base_;
    Walk walk_;
    Approach approach_;
};

} // namespace

result<void> scan_sorted(Session& session, Catalog::Type const& type, Catalog::Index const& index,
                         SortOrder const& order, scimkit::Cursor const* from, bool backward, Page& page)
{
    return SortedScan{session, type, index, order, backward, page}.run(from);
}

} // namespace scimkit::kv
