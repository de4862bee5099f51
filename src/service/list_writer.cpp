// A page is limited in resources, and one of them may be a thousand times as large as another. What counts is the text.
#include "list_writer.hpp"

#include <scimkit/core/json.hpp>

#include "../membership/groups.hpp"
#include "presenter.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::size_t most_waiting = 1'000;
constexpr std::size_t most_waiting_bytes = 4 << 20;
constexpr std::size_t bytes_beside_attributes = 512; // schemas, id, meta

bool shows_groups(Listed const& listed)
{
    return listed.plan->groups() && listed.projection->shows(*listed.plan->groups());
}

} // namespace

ListWriter::ListWriter(Scope const& scope, std::vector<Listed> listed, ReadTransaction& transaction)
    : scope_(scope)
    , listed_(std::move(listed))
    , transaction_(transaction)
    , shows_groups_(std::ranges::any_of(listed_, shows_groups))
{
}

result<void> ListWriter::add(Resource&& resource)
{
    if (!shows_groups_)
        return write(resource);
    waiting_bytes_ += estimate_json_size(resource.attributes) + resource.packed.bytes().size();
    waiting_.push_back(std::move(resource));
    return waiting_.size() < most_waiting && waiting_bytes_ < most_waiting_bytes ? result<void>{} : flush();
}

/// Groups are looked up for all at once. They are in memory for one resource at a time: a thousand users may be in ten
/// thousand groups each, and the answer is full long before the last of them.
result<void> ListWriter::flush()
{
    std::vector<std::string_view> ids;
    for (Resource const& resource : waiting_)
        if (shows_groups(listed_as(resource)))
            ids.push_back(resource.id);
    membership::GroupsAround groups{transaction_, scope_};
    if (auto found = groups.find(ids); !found)
        return found;
    // Growing step by step would copy it a dozen times.
    text_.reserve(
        std::min<std::size_t>(text_.size() + waiting_bytes_ * 3 / 2 + waiting_.size() * bytes_beside_attributes,
                              scope_.state.options.limits.max_response_bytes));
    for (; !waiting_.empty(); waiting_.pop_front()) // its memory goes with it, and not before
    {
        Resource& resource = waiting_.front();
        if (shows_groups(listed_as(resource)))
            if (auto filled = groups.fill(resource); !filled)
                return filled;
        if (auto written = write(resource); !written)
            return written;
    }
    waiting_bytes_ = 0;
    return {};
}

/// Another type than those that may come is refused by write_resource().
Listed const& ListWriter::listed_as(Resource const& resource) const noexcept
{
    auto const of = std::ranges::find_if(listed_, [&](Listed const& each) { return each.plan->type == resource.type; });
    return of == listed_.end() ? listed_.front() : *of;
}

result<void> ListWriter::write(Resource& resource)
{
    Listed const& listed = listed_as(resource);
    auto const before = text_.size();
    if (count_++ > 0)
        text_ += ',';
    if (auto written = write_resource(text_, resource, *listed.projection, *listed.plan, scope_.state); !written)
        return written;
    if (auto charged = scope_.context.charge(text_.size() - before); !charged)
        return charged;
    return check_answer_size(text_.size(), scope_);
}

} // namespace scimkit::service
