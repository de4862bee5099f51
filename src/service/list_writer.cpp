// A page is limited in resources, and one of them may be a thousand times as large as another. What counts is the text.
#include "list_writer.hpp"

#include <scimkit/core/json.hpp>

#include "memberships.hpp"
#include "presenter.hpp"

namespace scimkit::service
{
namespace
{

constexpr std::size_t most_waiting = 1'000;
constexpr std::size_t most_waiting_bytes = 4 << 20;

} // namespace

ListWriter::ListWriter(Call const& call, Projection const& projection, ReadTransaction& transaction)
    : call_{call}
    , projection_{projection}
    , transaction_{transaction}
    , shows_groups_{call.plan().groups && projection.shows(*call.plan().groups)}
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
    if (auto filled = fill_groups(transaction_, waiting_, call_.plan(), call_.state, call_.context); !filled)
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
    if (auto written = write_resource(text_, resource, projection_, call_.plan(), call_.state); !written)
        return written;
    if (auto charged = call_.context.charge(text_.size() - before); !charged)
        return charged;
    return check_answer_size(text_.size(), call_);
}

result<std::string> ListWriter::finish(std::uint64_t total, std::uint64_t start_index)
{
    if (auto flushed = flush(); !flushed)
        return std::move(flushed).error();
    std::string beginning;
    begin_list(beginning, total, start_index, count_);
    text_.insert(0, beginning);
    end_list(text_);
    return std::move(text_);
}

} // namespace scimkit::service
