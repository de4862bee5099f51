// The model as a whole: what a service has to answer to a request, and what it has afterwards.
#pragma once

#include "bulk.hpp"
#include "list.hpp"

namespace scimkit::model
{

class Model
{
public:
    /// `savepoints`: of the store that is compared with.
    Model(Types const& types, std::string base_url, Mode mode, bool savepoints = true)
        : mode_(mode)
        , savepoints_(savepoints)
        , world_(types, std::move(base_url))
    {
    }

    /// The same state over another store.
    Model with_savepoints(bool savepoints) const
    {
        Model other = *this;
        other.savepoints_ = savepoints;
        return other;
    }

    /// Carries out a request at a time. A refused one changes nothing.
    Expected handle(Step const& step, std::int64_t now);

    /// Takes over what a service says of a resource; null if it has none of this id.
    void adopt(Type const& type, std::string const& id, json::object const* body);

    World const& world() const { return world_; }
    Mode mode() const { return mode_; }

private:
    struct Request;

    Request read_request(Step const& step) const;
    std::string own_id(std::string_view caller) const;
    Expected attempt(Step const& step);
    Expected carry_out(Request const& request);
    Expected bulk(Step const& step);
    std::optional<Refusal> faulty(Step const& step) const;
    Expected answer(Request const& request, SearchRequest const& wanted, Secret secret) const;
    Expected create(Request const& request);
    Expected read(Request const& request) const;
    Expected replace(Request const& request);
    Expected patch(Request const& request);
    Expected remove(Request const& request);
    Expected membership(Request const& request);
    Expected join(Request const& request);
    Expected leave(Request const& request);
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
    bool savepoints_;
    World world_;
};

} // namespace scimkit::model
