-- The requests of one row of bench/peers: wrk ... -s load.lua URL -- KIND TOKEN FILE
-- FILE has what the row is about, one a line: user names for `filter`, ids of users for `member`. Each thread begins
-- elsewhere, so that two never write the same thing.

local started = 0

function setup(thread)
  thread:set("number", started)
  started = started + 1
end

function init(args)
  kind, token = args[1], args[2]
  things = {}
  if args[3] then
    for line in io.lines(args[3]) do things[#things + 1] = line end
  end
  math.randomseed(7 + number)
  sent = 0
  base = wrk.path
  wrk.headers["Authorization"] = "Bearer " .. token
  wrk.headers["Content-Type"] = "application/scim+json"
  wrk.headers["Accept"] = "application/scim+json"
end

local function user()
  local name = string.format("peer-%d-%d-%d", os.time(), number, sent)
  return '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"' .. name ..
    '","name":{"givenName":"Barbara","familyName":"Jensen"},"displayName":"Babs Jensen","active":true,' ..
    '"emails":[{"value":"' .. name .. '@example.com","type":"work","primary":true}]}'
end

local function patch(operation)
  return '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[' .. operation .. "]}"
end

-- One member in, then the same one out, so that the group keeps its size.
local function member()
  local id = things[(math.floor((sent - 1) / 2) * 7 + number * 131) % #things + 1]
  if sent % 2 == 1 then
    return patch('{"op":"add","path":"members","value":[{"value":"' .. id .. '"}]}')
  end
  return patch('{"op":"remove","path":"members[value eq \\"' .. id .. '\\"]"}')
end

function request()
  sent = sent + 1
  if kind == "filter" then
    local name = things[math.random(#things)]
    return wrk.format("GET", base .. "?filter=userName%20eq%20%22" .. name .. "%22")
  elseif kind == "post" then
    return wrk.format("POST", base, nil, user())
  elseif kind == "patch" then
    return wrk.format("PATCH", base, nil, patch('{"op":"replace","path":"displayName","value":"Babs ' .. sent .. '"}'))
  elseif kind == "member" then
    return wrk.format("PATCH", base, nil, member())
  end
  return wrk.format("GET", base)
end
