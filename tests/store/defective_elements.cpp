// How each promise about large attributes is broken.
#include "defective_store.hpp"

namespace scimkit::test
{

result<void> DefectiveElements::read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                     std::string_view after, std::uint64_t limit,
                                     function_ref<bool(json::object&&)> sink)
{
    bool skip = !after.empty() && defect_ == Defect::element_pages_skip;
    return ForwardingLargeAttributes::read(type, id, attribute, after, limit,
                                           [&](json::object&& element)
                                           {
                                               bool const skipped = skip;
                                               skip = false;
                                               return skipped || sink(std::move(element));
                                           });
}

result<void> DefectiveElements::contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                              std::span<std::string_view const> values,
                                              function_ref<bool(std::size_t which)> sink)
{
    if (defect_ == Defect::elements_hide_in_a_batch)
        return {};
    return ForwardingLargeAttributes::contains_many(type, id, attribute, values, sink);
}

result<void> DefectiveElements::references_to(std::string_view value, function_ref<bool(Reference const&)> sink)
{
    if (defect_ == Defect::references_are_forgotten)
        return {};
    return ForwardingLargeAttributes::references_to(value, sink);
}

result<void> DefectiveElements::references_to_many(std::span<std::string_view const> values,
                                                   function_ref<bool(std::size_t which, Reference const&)> sink)
{
    if (defect_ == Defect::references_are_forgotten || hides_references_)
        return {};
    return ForwardingLargeAttributes::references_to_many(values, sink);
}

result<std::uint64_t> DefectiveElements::add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                             std::span<json::object const> elements)
{
    auto const added = ForwardingLargeAttributes::add(type, id, attribute, elements);
    if (added && defect_ == Defect::elements_are_miscounted)
        return static_cast<std::uint64_t>(elements.size());
    return added;
}

} // namespace scimkit::test
