// Candidates come in batches, so that what has to be loaded with them is loaded for many at once.
#include "page.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "reads.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

std::vector<Resource*> pointers(std::vector<Resource>& resources)
{
    std::vector<Resource*> all;
    for (Resource& resource : resources)
        all.push_back(&resource);
    return all;
}

/// Resources whose large attributes are in memory together.
constexpr std::size_t most_loaded_together = 16;

} // namespace

Page::Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink)
    : PageState(query, paging)
    , session_(session)
    , sink_(sink)
{
}

std::uint64_t Page::room() const noexcept
{
    std::uint64_t const wanted = limit_ - std::min(limit_, given_);
    return wanted > std::numeric_limits<std::uint64_t>::max() - skip_ - 1 ? wanted : wanted + skip_ + 1;
}

result<void> Page::test(std::vector<Resource>& candidates, std::vector<bool>& matched)
{
    matched.assign(candidates.size(), true);
    if (exact_)
        return {};
    auto const all = pointers(candidates);
    for (std::size_t start = 0; start < all.size(); start += most_loaded_together)
    {
        std::size_t const end = std::min(all.size(), start + most_loaded_together);
        if (auto loaded = load_large(session_, std::span{all}.subspan(start, end - start), tested_); !loaded)
            return loaded;
        for (std::size_t i = start; i < end; ++i)
        {
            matched[i] = matches(*query_.sources[source_].filter, all[i]->view(), &session_.budget());
            if (session_.budget().exhausted())
                return session_.budget().error();
            // What was loaded for the test need not stay in memory.
            for (AttributeRef const& large : tested_)
                if (!matched[i] || only_tested(large))
                    all[i]->attributes.erase(large.attribute->name);
        }
    }
    return {};
}

result<bool> Page::take(std::vector<Resource>&& candidates, std::size_t before_page)
{
    std::vector<bool> matched;
    if (auto tested = test(candidates, matched); !tested)
        return tested.error();
    std::vector<Resource> page;
    bool wants = true;
    std::uint64_t given = given_;
    for (std::size_t i = 0; i < candidates.size() && wants; ++i)
    {
        if (!matched[i])
            continue;
        if (count_by_visits_)
            ++total_;
        if (i < before_page)
        {
        }
        else if (skip_ > 0)
            --skip_;
        else if (given >= limit_)
            more_ = limit_ > 0;
        else
        {
            page.push_back(std::move(candidates[i]));
            ++given;
        }
        wants = wants_more();
    }
    if (auto delivered = deliver(std::move(page)); !delivered)
        return delivered;
    return wants_more();
}

result<bool> Page::deliver(std::vector<Resource>&& page)
{
    auto const missing = not_loaded();
    auto const all = pointers(page);
    for (std::size_t start = 0; start < all.size() && !stopped_; start += most_loaded_together)
    {
        auto const some = std::span{all}.subspan(start, std::min(most_loaded_together, all.size() - start));
        if (auto loaded = load_large(session_, some, missing); !loaded)
            return loaded.error();
        for (Resource* const resource : some)
        {
            if (auto noted = note_given(*resource, session_.budget()); !noted)
                return noted.error();
            if (stopped_ = !sink_(std::move(*resource)); stopped_)
                return false;
        }
    }
    return true;
}

} // namespace scimkit::postgresql
