// Kept: the types of a profile with their attributes resolved, and resources made of them.
#pragma once

#include <scimkit/store/attribute_map.hpp>

#include "fixture.hpp"

#include <string>
#include <vector>

namespace scimkit::conformance
{

/// A resource type of the profile.
class Kept
{
public:
    /// Ends the case, with a failure, where the profile does not fit its registry.
    Kept(Fixture& fixture, KeptType const& type);

    ResourceType const& type() const noexcept { return *type_; }
    std::size_t size() const noexcept { return map_.size(); }
    std::string const& path(std::size_t column) const { return kept_.attributes[column].path; }
    AttributeRef const& attribute(std::size_t column) const { return attributes_[column]; }
    bool is_required(std::size_t column) const;
    bool is_unique(std::size_t column) const;
    std::vector<json::value> const& examples(std::size_t column) const { return examples_[column]; }

    /// Not stored yet: with all that is required. Values of unique attributes are new each time.
    Resource minimal();
    /// Every attribute has its example of that number.
    Resource full(std::size_t example);
    void set(Resource& resource, std::size_t column, json::value value) const { map_.set(resource, column, value); }

    /// What a store has to answer: what was sent, with the defaults of columns.
    Resource expected(Resource resource) const;
    /// A failure for each column that differs, and for what was never sent.
    void expect(std::optional<Resource> const& found, Resource const& sent, std::string_view what) const;

private:
    json::value unique_example(std::size_t column);

    Fixture& f_;
    KeptType const& kept_;
    ResourceType const* type_;
    AttributeMap map_;
    std::vector<AttributeRef> attributes_;
    std::vector<std::vector<json::value>> examples_;
    std::size_t made_ = 0;
};

} // namespace scimkit::conformance
