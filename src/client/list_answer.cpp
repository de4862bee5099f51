// Lists come in more forms than the RFC has; what they mean is clear all the same, or they are refused.
#include "list_answer.hpp"

#include "remote.hpp"

#include <utility>

namespace scimkit::client
{

namespace
{

constexpr std::string_view list_urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

class PageReader
{
public:
    PageReader(std::optional<std::uint64_t> count, ClientLimits const& limits, DeviationLog& deviations,
               std::string_view where)
        : count_(count)
        , limits_(limits)
        , deviations_(deviations)
        , where_(where)
    {
    }

    outcome<Page> read(json::value& body)
    {
        if (body.is_array())
            return read_bare(body.get_array());
        if (!body.is_object())
            return malformed(where_ + ": a list was expected, and something else came.");
        auto& object = body.get_object();
        bool other_case = false;
        auto const* const resources = find_name(object, "Resources", &other_case);
        auto const* const total = find_name(object, "totalResults", &other_case);
        if (!resources && !total && !has_schema(object, list_urn))
            return read_single(object);
        if (other_case)
            note(Deviation::list_names, "Resources or totalResults");
        if (!has_schema(object, list_urn))
            note(Deviation::list_schema, "schemas");
        read_numbers(object, total);
        if (resources && resources->is_array())
            take(resources->get_array());
        else if (resources && !resources->is_null())
            return malformed(where_ + ": Resources is no array.");
        if (std::uint64_t said = 0; !failure_)
            if (auto const* const items = find_name(object, "itemsPerPage");
                items && whole_number(*items, said) && said != page_.resources.size())
                note(Deviation::items_per_page, std::to_string(said));
        return done();
    }

private:
    outcome<Page> read_bare(json::array& resources)
    {
        note(Deviation::list_form, "a bare array");
        take(resources);
        page_.total = page_.resources.size();
        return done();
    }

    outcome<Page> read_single(json::object& resource)
    {
        if (!find_name(resource, "id") && !find_name(resource, "schemas"))
            return malformed(where_ + ": a list was expected, and an object came that is neither list nor resource.");
        note(Deviation::list_form, "a single resource");
        json::array one;
        one.emplace_back(std::move(resource));
        take(one);
        page_.total = 1;
        return done();
    }

    void read_numbers(json::object const& object, json::value const* total)
    {
        std::uint64_t number = 0;
        if (total && whole_number(*total, number))
            page_.total = number;
        if (!total || !total->is_number())
            note(Deviation::total_missing, total ? "totalResults is no number" : "no totalResults");
        if (auto const* const start = find_name(object, "startIndex"); start && whole_number(*start, number))
            page_.start_index = number;
        page_.next_cursor = text_at(object, "nextCursor");
    }

    void take(json::array const& resources)
    {
        if (resources.size() > limits_.max_resources_of_page)
        {
            fail({FailureKind::too_large,
                  {ErrorCode::too_many, where_ + ": a page of " + std::to_string(resources.size()) +
                                            " resources; at most " + std::to_string(limits_.max_resources_of_page) +
                                            " are taken."}});
            return;
        }
        if (count_ && resources.size() > *count_)
            note(Deviation::page_too_long, std::to_string(resources.size()) + " for " + std::to_string(*count_));
        page_.resources.reserve(resources.size());
        for (auto const& element : resources)
        {
            if (!element.is_object())
            {
                fail(malformed(where_ + ": an element of the list is no object."));
                return;
            }
            auto resource = remote_resource(element.get_object(), deviations_, where_);
            if (!resource)
            {
                fail(resource.error());
                return;
            }
            page_.resources.push_back(std::move(*resource));
        }
    }

    void note(Deviation deviation, std::string const& what)
    {
        if (auto noted = deviations_.note(deviation, where_ + ": " + what); !noted)
            fail(noted.error());
    }

    void fail(Failure failure)
    {
        if (!failure_)
            failure_ = std::move(failure);
    }

    outcome<Page> done()
    {
        if (failure_)
            return std::move(*failure_);
        return std::move(page_);
    }

    std::optional<std::uint64_t> count_;
    ClientLimits const& limits_;
    DeviationLog& deviations_;
    std::string where_;
    Page page_{};
    std::optional<Failure> failure_{};
};

} // namespace

outcome<Page> read_page(json::value body, std::optional<std::uint64_t> count, ClientLimits const& limits,
                        DeviationLog& deviations, std::string_view where)
{
    return PageReader{count, limits, deviations, where}.read(body);
}

} // namespace scimkit::client
