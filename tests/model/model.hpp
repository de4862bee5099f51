// The model as a whole: what a service has to answer to a request, and what it has afterwards.
#pragma once

#include "list.hpp"
#include "sequence.hpp"

namespace scimkit::model
{

/// What the answer has to be.
struct Expected
{
    int status = 200;
    std::optional<json::value> body{}; ///< nothing: the body is not looked at, or is empty
    std::vector<Refusal> refusals{};   ///< if there are any, the answer is one of them; an empty scimType is any
    bool undecided = false;            ///< anything, but the same of every store; then adopt() what is there
};

class Model
{
public:
    Model(Types const& types, std::string base_url, Mode mode)
        : mode_{mode}
        , world_{types, std::move(base_url)}
    {
    }

    /// Carries out a request at a time. A refused one changes nothing.
    Expected handle(Step const& step, std::int64_t now);

    /// Takes over what a service says of a resource; null if it has none of this id.
    void adopt(Type const& type, std::string const& id, json::object const* body);

    World const& world() const { return world_; }
    Mode mode() const { return mode_; }

private:
    struct Request;

    Expected carry_out(Request const& request);
    Expected create(Request const& request);
    Expected read(Request const& request) const;
    Expected replace(Request const& request);
    Expected patch(Request const& request);
    Expected remove(Request const& request);
    Expected list(Request const& request) const;
    Expected search(Request const& request) const;

    Resource& existing(Request const& request);
    void store(Resource& resource, json::object attributes);
    json::object replaced(Resource const& current, json::object incoming) const;
    Refusal told_as(Refusal refusal) const;
    json::object named(json::object attributes, Type const& type) const;
    json::object settled(json::object attributes, Type const& type) const;
    std::vector<Refusal> faults_of(Resource const& resource) const;

    Mode mode_;
    World world_;
};

} // namespace scimkit::model
