// A server on elimity-com/scim with users and groups in memory, for the tests of the connector: server PORT TOKEN
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

type kept struct {
	mutex sync.Mutex
	last  int
	all   map[string]scim.Resource
	names map[string]string // the id of a user by userName, without letter case
}

var byName = regexp.MustCompile(`^userName eq "([^"\\]*)"$`)

func nameOf(resource scim.Resource) string {
	name, _ := resource.Attributes["userName"].(string)
	return strings.ToLower(name)
}

func (k *kept) forget(id string) {
	if name := nameOf(k.all[id]); k.names[name] == id {
		delete(k.names, name)
	}
}

// The only one who can match, where the filter is a look-up by userName.
func (k *kept) candidates(request *http.Request) map[string]scim.Resource {
	found := byName.FindStringSubmatch(request.URL.Query().Get("filter"))
	if found == nil {
		return k.all
	}
	id, ok := k.names[strings.ToLower(found[1])]
	if !ok {
		return nil
	}
	return map[string]scim.Resource{id: k.all[id]}
}

func (k *kept) store(id string, attributes scim.ResourceAttributes) scim.Resource {
	now := time.Now()
	created := &now
	if old, ok := k.all[id]; ok {
		created = old.Meta.Created
	}
	external := optional.String{}
	if text, ok := attributes["externalId"].(string); ok {
		external = optional.NewString(text)
	}
	k.forget(id)
	k.all[id] = scim.Resource{ID: id, ExternalID: external, Attributes: attributes,
		Meta: scim.Meta{Created: created, LastModified: &now}}
	if name := nameOf(k.all[id]); name != "" {
		k.names[name] = id
	}
	return k.all[id]
}

func (k *kept) Create(_ *http.Request, attributes scim.ResourceAttributes) (scim.Resource, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.last++
	return k.store(strconv.Itoa(k.last), attributes), nil
}

func (k *kept) Get(_ *http.Request, id string) (scim.Resource, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if found, ok := k.all[id]; ok {
		return found, nil
	}
	return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
}

func (k *kept) GetAll(request *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	ids := []int{}
	for id, resource := range k.candidates(request) {
		number, _ := strconv.Atoi(id)
		if params.FilterValidator == nil || params.FilterValidator.PassesFilter(resource.Attributes) == nil {
			ids = append(ids, number)
		}
	}
	sort.Ints(ids)
	page := scim.Page{TotalResults: len(ids), Resources: []scim.Resource{}}
	for i := params.StartIndex - 1; i >= 0 && i < len(ids) && len(page.Resources) < params.Count; i++ {
		page.Resources = append(page.Resources, k.all[strconv.Itoa(ids[i])])
	}
	return page, nil
}

func (k *kept) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if _, ok := k.all[id]; !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return k.store(id, attributes), nil
}

func (k *kept) Delete(_ *http.Request, id string) error {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if _, ok := k.all[id]; !ok {
		return errors.ScimErrorResourceNotFound(id)
	}
	k.forget(id)
	delete(k.all, id)
	return nil
}

// Whole attributes, and members by their value: what the connector sends.
func (k *kept) Patch(_ *http.Request, id string, operations []scim.PatchOperation) (scim.Resource, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	old, ok := k.all[id]
	if !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	attributes := scim.ResourceAttributes{}
	for name, value := range old.Attributes {
		attributes[name] = value
	}
	for _, operation := range operations {
		if operation.Path == nil {
			for name, value := range operation.Value.(map[string]interface{}) {
				attributes[name] = value
			}
			continue
		}
		name := operation.Path.AttributePath.AttributeName
		switch operation.Op {
		case scim.PatchOperationRemove:
			if operation.Path.ValueExpression == nil {
				delete(attributes, name)
				continue
			}
			expression := fmt.Sprint(operation.Path.ValueExpression)
			left := []interface{}{}
			if list, ok := attributes[name].([]interface{}); ok {
				for _, element := range list {
					value, _ := element.(map[string]interface{})["value"].(string)
					if !strings.Contains(expression, "\""+value+"\"") {
						left = append(left, element)
					}
				}
			}
			attributes[name] = left
		case scim.PatchOperationAdd:
			if list, ok := operation.Value.([]interface{}); ok {
				before, _ := attributes[name].([]interface{})
				attributes[name] = append(append([]interface{}{}, before...), list...)
				continue
			}
			attributes[name] = operation.Value
		default:
			attributes[name] = operation.Value
		}
	}
	return k.store(id, attributes), nil
}

func main() {
	port, token := os.Args[1], os.Args[2]
	server, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{SupportFiltering: true, SupportPatch: true, MaxResults: 100},
		ResourceTypes: []scim.ResourceType{
			{ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(),
				SchemaExtensions: []scim.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}},
				Handler:          &kept{all: map[string]scim.Resource{}, names: map[string]string{}}},
			{ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups", Schema: schema.CoreGroupSchema(),
				Handler: &kept{all: map[string]scim.Resource{}, names: map[string]string{}}},
		},
	})
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	fmt.Println("listening")
	http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Authorization") != "Bearer "+token {
			writer.WriteHeader(http.StatusUnauthorized)
			return
		}
		server.ServeHTTP(writer, request)
	}))
}
