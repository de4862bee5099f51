// A page is limited in resources, and one of them may be a thousand times as large as another. What counts is the text.
#include "list_writer.hpp"

#include <scimkit/core/json.hpp>

#include "../membership/groups.hpp"
#include "presenter.hpp"

namespace scimkit::service
{
namespace
{

constexpr std::size_t most_waiting = 1'000;
constexpr std::size_t most_waiting_bytes = 4 << 20;

} // namespace

ListWriter::ListWriter(Scope const& scope, Projection const& projection, ReadTransaction& transaction)
    : scope_{scope}
    , projection_{projection}
    , transaction_{transaction}
    , shows_groups_{scope.plan().groups() && projection.shows(*scope.plan().groups())}
{
}

result<void> ListWriter::add(Resource&& resource)
{
    if (!shows_groups_)
        return write(resource);
    waiting_bytes_ += estimate_json_size(resource.attributes);
    waiting_.push_back(std::move(resource));
    return waiting_.size() < most_waiting && waiting_bytes_ < most_waiting_bytes ? result<void>{} : flush();
}

result<void> ListWriter::flush()
{
    if (auto filled = fill_groups(transaction_, waiting_, scope_); !filled)
        return filled;
    for (Resource& resource : waiting_)
    {
        if (auto written = write(resource); !written)
            return written;
        resource.attributes = {};
    }
    waiting_.clear();
    waiting_bytes_ = 0;
    return {};
}

result<void> ListWriter::write(Resource& resource)
{
    auto const before = text_.size();
    if (count_++ > 0)
        text_ += ',';
    if (auto written = write_resource(text_, resource, projection_, scope_.plan(), scope_.state); !written)
        return written;
    if (auto charged = scope_.context.charge(text_.size() - before); !charged)
        return charged;
    return check_answer_size(text_.size(), scope_);
}

} // namespace scimkit::service
