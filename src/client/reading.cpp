// A resource of somebody else in the form that everything here works on. The rules are the server's own: the rooms
// schema and resource apply them to what it sends as they do to what clients send to us.
#include <scimkit/client/discovery.hpp>
#include <scimkit/core/text.hpp>

#include "../resource/canonical.hpp"
#include "remote.hpp"

#include <utility>

namespace scimkit::client
{

namespace
{

CanonicalOptions lenient()
{
    CanonicalOptions options;
    options.ignore_unknown_attributes = true;
    options.ignore_unknown_schemas = true;
    options.extension_without_schema = true;
    options.missing_schemas = true;
    options.lax_formats = true;
    options.max_value_bytes = std::size_t{1} << 20;
    return options;
}

class Reader
{
public:
    Reader(RemoteResource const& resource, ResourceType const& type, DeviationLog& deviations)
        : resource_(resource)
        , type_(type)
        , deviations_(deviations)
        , where_(type.name() + " " + (resource.id.empty() ? "without id" : resource.id))
    {
    }

    outcome<json::object> run()
    {
        if (auto checked = check_common(); !checked)
            return checked.error();
        json::object attributes;
        auto whole = canonicalise(resource_.body, type_, lenient());
        if (whole)
            attributes = std::move(*whole);
        else if (auto read = one_by_one(attributes); !read)
            return read.error();
        if (auto const named = name_unknown(); !named)
            return named.error();
        if (auto const complete = check_resource(attributes, type_); !complete)
            if (auto noted = note(Deviation::required_missing, complete.error().detail); !noted)
                return noted.error();
        return attributes;
    }

private:
    outcome<void> note(Deviation deviation, std::string_view what)
    {
        return deviations_.note(deviation, where_ + ": " + std::string{what});
    }

    outcome<void> check_common()
    {
        if (!has_schema(resource_.body, type_.schema().id))
            if (auto noted = note(Deviation::resource_schemas, type_.schema().id + " is not in schemas"); !noted)
                return noted;
        auto const* const meta = find_name(resource_.body, "meta");
        auto const said = meta && meta->is_object() ? text_at(meta->get_object(), "resourceType") : std::string_view{};
        if (said != type_.name())
            if (auto noted = note(Deviation::resource_type_unknown, said.empty() ? "none" : said); !noted)
                return noted;
        if (!resource_.last_modified)
            return note(Deviation::last_modified_missing, "meta");
        return {};
    }

    /// One value that does not fit must not cost all others.
    outcome<void> one_by_one(json::object& attributes)
    {
        for (auto const& member : resource_.body)
        {
            json::object one;
            one.emplace(member.key(), member.value());
            if (member.key() == "schemas")
                continue;
            auto read = canonicalise(one, type_, lenient());
            if (!read)
            {
                if (auto noted = note(Deviation::attribute_value, read.error().detail); !noted)
                    return noted;
                continue;
            }
            for (auto& attribute : *read)
                attributes.insert_or_assign(attribute.key(), std::move(attribute.value()));
        }
        return {};
    }

    outcome<void> name_unknown()
    {
        for (auto const& member : resource_.body)
            if (!find_member(member.key(), type_) && !equal_ascii_ignoring_case(member.key(), "schemas") &&
                !equal_ascii_ignoring_case(member.key(), "meta") && !equal_ascii_ignoring_case(member.key(), "id"))
                if (auto noted = note(Deviation::attribute_unknown, member.key()); !noted)
                    return noted;
        return {};
    }

    RemoteResource const& resource_;
    ResourceType const& type_;
    DeviationLog& deviations_;
    std::string where_;
};

} // namespace

outcome<json::object> read_resource(RemoteResource const& resource, ResourceType const& type, DeviationLog& deviations)
{
    return Reader{resource, type, deviations}.run();
}

} // namespace scimkit::client
