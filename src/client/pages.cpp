// The loop over pages, which a hostile or broken server must not make endless, and must not end too early unnoticed.
#include <scimkit/client/client.hpp>
#include <scimkit/client/pages.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

namespace scimkit::client
{

namespace
{

Failure inconsistent(std::string detail)
{
    return {FailureKind::inconsistent, {ErrorCode::conflict, std::move(detail) + "."}};
}

std::size_t hash_of(Page const& page)
{
    std::size_t hash = page.resources.size();
    for (auto const& resource : page.resources)
        hash = hash * 1'000'003 ^
               std::hash<std::string>{}(resource.id.empty() ? json::serialize(resource.body) : resource.id);
    return hash;
}

} // namespace

Pages::Pages(Client const& client, std::string endpoint, Query query, PageMethod method)
    : client_(&client)
    , endpoint_(std::move(endpoint))
    , query_(std::move(query))
    , method_(method)
{
    if (query_.start_index)
    {
        position_.start_index = std::max<std::uint64_t>(*query_.start_index, 1);
        position_.resources = position_.start_index - 1;
    }
    if (query_.cursor)
    {
        position_.cursor = *query_.cursor;
        method_ = PageMethod::cursor;
        from_start_ = position_.cursor.empty();
    }
}

void Pages::resume(PagePosition position)
{
    position_ = std::move(position);
    seen_.clear();
    complete_ = false;
    from_start_ = true;
}

outcome<std::optional<Page>> Pages::next()
{
    if (complete_)
        return std::optional<Page>{};
    if (++pages_ > client_->options().limits.max_pages)
        return inconsistent(endpoint_ + ": the list has no end after " + std::to_string(pages_ - 1) + " pages");
    if (method_ == PageMethod::cursor)
        query_.cursor = position_.cursor;
    else
        query_.start_index = position_.start_index;
    auto page = client_->query(endpoint_, query_);
    if (!page)
        return page.error();
    auto const before = std::tuple{position_, total_, empty_pages_};
    auto taken = check(*page);
    if (taken)
        taken = advance(*page);
    if (taken)
        return std::optional<Page>{std::move(*page)};
    // Nobody got it: whoever asks again gets it again, and is not told that the server repeats itself.
    if (!page->resources.empty() && taken.error().kind != FailureKind::inconsistent)
        seen_.erase(hash_of(*page));
    std::tie(position_, total_, empty_pages_) = before;
    return taken.error();
}

outcome<void> Pages::check(Page const& page)
{
    auto& deviations = client_->deviations();
    if (page.total && total_ && *page.total != *total_)
        if (auto noted = deviations.note(Deviation::total_changed, endpoint_ + ": from " + std::to_string(*total_) +
                                                                       " to " + std::to_string(*page.total));
            !noted)
            return noted.error();
    if (page.total)
        total_ = page.total;
    if (!page.resources.empty() && !seen_.insert(hash_of(page)).second)
        return inconsistent(endpoint_ + ": the server gives the same page again, after " +
                            std::to_string(position_.resources) + " resources");
    return {};
}

outcome<void> Pages::advance(Page const& page)
{
    position_.resources += page.resources.size();
    if (total_ && position_.resources > *total_)
        if (auto noted = client_->deviations().note(Deviation::total_wrong,
                                                    endpoint_ + ": " + std::to_string(*total_) + ", and yet more came");
            !noted)
            return noted.error();
    // A server that knows no cursors ignores the parameter: then it is an index that leads on.
    if (method_ == PageMethod::cursor && page.next_cursor.empty() && position_.cursor.empty() && page.start_index &&
        total_ && position_.resources < *total_)
        method_ = PageMethod::index;
    if (method_ == PageMethod::cursor)
    {
        if (page.next_cursor.empty())
            return check_end();
        if (page.resources.empty())
            if (auto noted = client_->deviations().note(Deviation::empty_page, endpoint_); !noted)
                return noted.error();
        empty_pages_ = page.resources.empty() ? empty_pages_ + 1 : 0;
        if (empty_pages_ > client_->options().limits.max_empty_pages)
            return inconsistent(endpoint_ + ": the server gives " + std::to_string(empty_pages_) +
                                " pages without resources, and a cursor after each");
        if (!seen_.insert(std::hash<std::string>{}("cursor " + page.next_cursor)).second)
            return inconsistent(endpoint_ + ": the server gives the same cursor again");
        position_.cursor = page.next_cursor;
        return {};
    }
    position_.start_index += page.resources.size();
    query_.cursor.reset();
    // Without a total, a page without resources is the end. Where more came than was announced, and pages are full, the
    // total says nothing.
    bool const wrong_total = total_ && position_.resources > *total_ && query_.count == page.resources.size();
    if (page.resources.empty() || (total_ && position_.resources >= *total_ && !wrong_total))
        return check_end();
    return {};
}

outcome<void> Pages::check_end()
{
    if (from_start_ && total_ && position_.resources < *total_)
        return inconsistent(endpoint_ + ": the server announces " + std::to_string(*total_) + " resources and gives " +
                            std::to_string(position_.resources));
    complete_ = true;
    return {};
}

ResourceRange::ResourceRange(Pages pages)
    : pages_(std::move(pages))
{
}

ResourceRange::iterator ResourceRange::begin()
{
    step();
    return iterator{*this};
}

void ResourceRange::step()
{
    while (!failed_ && next_ >= page_.resources.size())
    {
        auto page = pages_.next();
        if (!page)
        {
            failed_ = true;
            current_ = page.error();
            return;
        }
        if (!*page)
        {
            current_.reset();
            return;
        }
        page_ = std::move(**page);
        next_ = 0;
    }
    if (failed_)
        current_.reset();
    else
        current_ = std::move(page_.resources[next_++]);
}

} // namespace scimkit::client
