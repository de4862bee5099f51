// A page is limited in resources, and one of them may be a thousand times as large as another. What counts is the text.
#include "list_writer.hpp"

#include <scimkit/core/json.hpp>

#include "../membership/groups.hpp"
#include "packed_text.hpp"
#include "presenter.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::size_t most_waiting = 1'000;
constexpr std::size_t most_waiting_bytes = 4 << 20;

bool shows_groups(Listed const& listed)
{
    return listed.plan->groups() && listed.projection->shows(*listed.plan->groups());
}

} // namespace

ListWriter::ListWriter(Scope const& scope, std::vector<Listed> listed, ReadTransaction& transaction)
    : scope_{scope}
    , listed_{std::move(listed)}
    , transaction_{transaction}
    , shows_groups_{std::ranges::any_of(listed_, shows_groups)}
{
}

result<void> ListWriter::add(Resource&& resource)
{
    if (!shows_groups_)
        return write(resource);
    if (auto settled = settle_packed(resource, *listed_for(resource).plan); !settled)
        return settled;
    waiting_bytes_ += estimate_json_size(resource.attributes) + resource.packed.bytes().size();
    waiting_.push_back(std::move(resource));
    return waiting_.size() < most_waiting && waiting_bytes_ < most_waiting_bytes ? result<void>{} : flush();
}

result<void> ListWriter::flush()
{
    for (Listed const& listed : listed_)
        if (shows_groups(listed))
            if (auto filled = fill_groups_of(listed); !filled)
                return filled;
    for (Resource& resource : waiting_)
    {
        if (auto written = write(resource); !written)
            return written;
        resource.attributes = {};
        resource.packed = {};
    }
    waiting_.clear();
    waiting_bytes_ = 0;
    return {};
}

/// Groups are looked up for all of a type at once, and the order of the page stays.
result<void> ListWriter::fill_groups_of(Listed const& listed)
{
    Scope scope = scope_;
    scope.set_type(*listed.plan);
    if (listed_.size() == 1)
        return fill_groups(transaction_, waiting_, scope);
    std::vector<Resource> of_type;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < waiting_.size(); ++i)
        if (waiting_[i].type == listed.plan->type)
        {
            of_type.push_back(std::move(waiting_[i]));
            places.push_back(i);
        }
    auto filled = fill_groups(transaction_, of_type, scope);
    for (std::size_t i = 0; i < places.size(); ++i)
        waiting_[places[i]] = std::move(of_type[i]);
    return filled;
}

/// Another type is refused by write_resource().
Listed const& ListWriter::listed_for(Resource const& resource) const noexcept
{
    auto const of = std::ranges::find_if(listed_, [&](Listed const& each) { return each.plan->type == resource.type; });
    return of == listed_.end() ? listed_.front() : *of;
}

result<void> ListWriter::write(Resource& resource)
{
    Listed const& listed = listed_for(resource);
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
