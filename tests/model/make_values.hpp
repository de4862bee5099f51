// Values, names and ids for generated requests: few and alike, so that they meet each other.
#pragma once

#include "choices.hpp"
#include "model.hpp"

#include <set>

namespace scimkit::model
{

/// What is not to be generated, by name: empty, array-of-one, claims, id-case, remove-values, complex-strict, cancel,
/// member-order, ref-order, head, get-if-match, if-none-match, prefer, bulk, me, root, cursor, memberships, deltas,
/// async. open_points.hpp has those that are needed now.
using Features = std::set<std::string>;

class ValueMaker
{
public:
    ValueMaker(Choices& choices, Model const& model, Features const& without)
        : choices_(choices)
        , model_(model)
        , without_(without)
    {
    }

    /// A value for an attribute, now and then a strange one.
    json::value value(Attribute const& attribute);
    json::value element(Attribute const& attribute);

    /// The body of a POST or PUT.
    json::object body(Type const& type);

    /// An attribute that a client may set; `extension` in its target.
    Target target(Type const& type);

    /// The name of an attribute in one of its spellings, with its sub-attribute.
    std::string name(Target const& target, Type const& type);

    /// The id of a resource, mostly of one that is there.
    std::string id();
    std::string id_of(Type const& type);

    /// What a Bulk refers to as it refers to ids; nothing when it is through.
    struct Promised
    {
        std::string name; ///< bulkId:NAME
        Type const* type;
    };
    void promise(std::vector<Promised> promised) { promised_ = std::move(promised); }

    /// A literal to compare an attribute with.
    std::string literal(Attribute const& attribute);

private:
    json::value simple(Attribute const& attribute);
    json::value strange();
    json::object members_of(Attribute const& attribute);
    json::object reference(Attribute const& attribute);
    std::string promised_id(Type const* type);

    std::vector<Promised> promised_{};
    Choices& choices_;
    Model const& model_;
    Features const& without_;
};

/// Attributes that requests are made of; the others have formats of their own, which other tests look after.
bool is_generated(Attribute const& attribute);

} // namespace scimkit::model
