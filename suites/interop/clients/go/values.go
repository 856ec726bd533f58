package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	amqp "github.com/Azure/go-amqp"
)

// A value with its type, as protocol.ts has it.
type value []any

type message struct {
	Header      map[string]any   `json:"header"`
	Annotations map[string]value `json:"annotations,omitempty"`
	Properties  map[string]value `json:"properties,omitempty"`
	Application map[string]value `json:"application,omitempty"`
	Body        body             `json:"body"`
}

type body struct {
	Data     []string  `json:"data,omitempty"`
	Value    value     `json:"value,omitempty"`
	Sequence [][]value `json:"sequence,omitempty"`
}

func (v value) text() string { return fmt.Sprint(v[1]) }

func valueOf(given any) value {
	list, _ := given.([]any)
	return list
}

func encoded(v value) (any, error) {
	kind := v[0].(string)
	switch kind {
	case "null":
		return nil, nil
	case "boolean", "string":
		return v[1], nil
	case "symbol":
		return amqp.Symbol(v.text()), nil
	case "float":
		return float32(v[1].(float64)), nil
	case "double":
		return v[1].(float64), nil
	case "binary":
		return octets(v.text()), nil
	case "uuid":
		var id amqp.UUID
		copy(id[:], octets(strings.ReplaceAll(v.text(), "-", "")))
		return id, nil
	case "timestamp":
		ms, err := strconv.ParseInt(v.text(), 10, 64)
		return time.UnixMilli(ms).UTC(), err
	case "list":
		return encodedAll(v[1].([]any))
	case "map":
		made := map[any]any{}
		for _, pair := range v[1].([]any) {
			entry, err := encodedAll(pair.([]any))
			if err != nil {
				return nil, err
			}
			made[entry[0]] = entry[1]
		}
		return made, nil
	case "array":
		return array(v)
	}
	return integer(kind, v.text())
}

func encodedAll(given []any) ([]any, error) {
	made := []any{}
	for _, each := range given {
		content, err := encoded(valueOf(each))
		if err != nil {
			return nil, err
		}
		made = append(made, content)
	}
	return made, nil
}

func array(v value) (any, error) {
	content, err := encodedAll(v[2].([]any))
	if err != nil {
		return nil, err
	}
	switch v[1] {
	case "int":
		return typed[int32](content), nil
	case "long":
		return typed[int64](content), nil
	case "string":
		return typed[string](content), nil
	case "symbol":
		return typed[amqp.Symbol](content), nil
	}
	return nil, unsupported{"it has no array of " + fmt.Sprint(v[1])}
}

func typed[T any](given []any) []T {
	made := []T{}
	for _, each := range given {
		made = append(made, each.(T))
	}
	return made
}

func integer(kind, text string) (any, error) {
	if strings.HasPrefix(kind, "u") {
		number, err := strconv.ParseUint(text, 10, 64)
		switch kind {
		case "ubyte":
			return uint8(number), err
		case "ushort":
			return uint16(number), err
		case "uint":
			return uint32(number), err
		case "ulong":
			return number, err
		}
		return nil, unsupported{"it has no " + kind}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	switch kind {
	case "byte":
		return int8(number), err
	case "short":
		return int16(number), err
	case "int":
		return int32(number), err
	case "long":
		return number, err
	}
	return nil, unsupported{"it has no " + kind}
}

func listed[T any](given []T) value {
	made := []value{}
	for _, each := range given {
		made = append(made, decoded(each))
	}
	return value{"array", "", made}
}

func decoded(given any) value {
	switch v := given.(type) {
	case nil, amqp.Null:
		return value{"null"}
	case bool:
		return value{"boolean", v}
	case uint8:
		return value{"ubyte", fmt.Sprint(v)}
	case uint16:
		return value{"ushort", fmt.Sprint(v)}
	case uint32:
		return value{"uint", fmt.Sprint(v)}
	case uint64:
		return value{"ulong", fmt.Sprint(v)}
	case int8:
		return value{"byte", fmt.Sprint(v)}
	case int16:
		return value{"short", fmt.Sprint(v)}
	case int32:
		return value{"int", fmt.Sprint(v)}
	case int64:
		return value{"long", fmt.Sprint(v)}
	case float32:
		return value{"float", v}
	case float64:
		return value{"double", v}
	case string:
		return value{"string", v}
	case amqp.Symbol:
		return value{"symbol", string(v)}
	case []byte:
		return value{"binary", hex.EncodeToString(v)}
	case amqp.UUID:
		return value{"uuid", v.String()}
	case time.Time:
		return value{"timestamp", fmt.Sprint(v.UnixMilli())}
	case []any:
		made := []value{}
		for _, each := range v {
			made = append(made, decoded(each))
		}
		return value{"list", made}
	case map[any]any:
		made := [][]value{}
		for key, each := range v {
			made = append(made, []value{decoded(key), decoded(each)})
		}
		return value{"map", made}
	case map[string]any:
		made := [][]value{}
		for key, each := range v {
			made = append(made, []value{decoded(key), decoded(each)})
		}
		return value{"map", made}
	case []int32:
		return listed(v)
	case []int64:
		return listed(v)
	case []string:
		return listed(v)
	case []amqp.Symbol:
		return listed(v)
	}
	return value{fmt.Sprintf("%T", given), fmt.Sprint(given)}
}

func annotationsOf(given map[string]value) (amqp.Annotations, error) {
	made := amqp.Annotations{}
	for name, each := range given {
		content, err := encoded(each)
		if err != nil {
			return nil, err
		}
		made[name] = content
	}
	return made, nil
}

func texts(p *amqp.MessageProperties) map[string]**string {
	return map[string]**string{
		"to": &p.To, "subject": &p.Subject, "replyTo": &p.ReplyTo, "contentType": &p.ContentType,
		"contentEncoding": &p.ContentEncoding, "groupId": &p.GroupID, "replyToGroupId": &p.ReplyToGroupID,
	}
}

func propertiesOf(given map[string]value) (*amqp.MessageProperties, error) {
	made := &amqp.MessageProperties{}
	slots := texts(made)
	for name, each := range given {
		content, err := encoded(each)
		if err != nil {
			return nil, err
		}
		if slot := slots[name]; slot != nil {
			text := each.text()
			*slot = &text
			continue
		}
		switch name {
		case "messageId":
			made.MessageID = content
		case "correlationId":
			made.CorrelationID = content
		case "userId":
			made.UserID = content.([]byte)
		case "groupSequence":
			number := content.(uint32)
			made.GroupSequence = &number
		case "absoluteExpiryTime":
			moment := content.(time.Time)
			made.AbsoluteExpiryTime = &moment
		case "creationTime":
			moment := content.(time.Time)
			made.CreationTime = &moment
		default:
			return nil, unsupported{"it has no property " + name}
		}
	}
	return made, nil
}

func headerOf(given map[string]any) *amqp.MessageHeader {
	if len(given) == 0 {
		return nil
	}
	made := &amqp.MessageHeader{Priority: 4}
	if durable, ok := given["durable"].(bool); ok {
		made.Durable = durable
	}
	if priority, ok := given["priority"].(float64); ok {
		made.Priority = uint8(priority)
	}
	if ttl, ok := given["ttl"].(float64); ok {
		made.TTL = time.Duration(ttl) * time.Millisecond
	}
	return made
}

func outgoing(given message) (made *amqp.Message, err error) {
	made = &amqp.Message{Header: headerOf(given.Header)}
	if given.Annotations != nil {
		if made.Annotations, err = annotationsOf(given.Annotations); err != nil {
			return nil, err
		}
	}
	if given.Properties != nil {
		if made.Properties, err = propertiesOf(given.Properties); err != nil {
			return nil, err
		}
	}
	if given.Application != nil {
		made.ApplicationProperties = map[string]any{}
		for name, each := range given.Application {
			if made.ApplicationProperties[name], err = encoded(each); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case given.Body.Value != nil:
		if made.Value, err = encoded(given.Body.Value); err != nil {
			return nil, err
		}
		if made.Value == nil {
			made.Value = amqp.Null{}
		}
	case given.Body.Sequence != nil:
		for _, list := range given.Body.Sequence {
			var content []any
			for _, each := range list {
				one, err := encoded(each)
				if err != nil {
					return nil, err
				}
				content = append(content, one)
			}
			made.Sequence = append(made.Sequence, content)
		}
	default:
		for _, each := range given.Body.Data {
			made.Data = append(made.Data, octets(each))
		}
	}
	return made, nil
}

func incoming(got *amqp.Message) message {
	told := message{Header: map[string]any{}, Annotations: map[string]value{}, Properties: map[string]value{}, Application: map[string]value{}}
	if h := got.Header; h != nil {
		told.Header = map[string]any{"durable": h.Durable, "priority": h.Priority, "ttl": h.TTL.Milliseconds()}
	}
	for name, each := range got.Annotations {
		told.Annotations[fmt.Sprint(name)] = decoded(each)
	}
	for name, each := range got.ApplicationProperties {
		told.Application[name] = decoded(each)
	}
	if got.Properties != nil {
		told.Properties = propertiesFrom(got.Properties)
	}
	switch {
	case len(got.Data) > 0:
		for _, each := range got.Data {
			told.Body.Data = append(told.Body.Data, hex.EncodeToString(each))
		}
	case len(got.Sequence) > 0:
		for _, list := range got.Sequence {
			content := []value{}
			for _, each := range list {
				content = append(content, decoded(each))
			}
			told.Body.Sequence = append(told.Body.Sequence, content)
		}
	default:
		told.Body.Value = decoded(got.Value)
	}
	return told
}

func propertiesFrom(p *amqp.MessageProperties) map[string]value {
	found := map[string]value{}
	for name, slot := range texts(p) {
		if *slot != nil {
			found[name] = value{"text", **slot}
		}
	}
	if p.MessageID != nil {
		found["messageId"] = decoded(p.MessageID)
	}
	if p.CorrelationID != nil {
		found["correlationId"] = decoded(p.CorrelationID)
	}
	if p.UserID != nil {
		found["userId"] = decoded(p.UserID)
	}
	if p.GroupSequence != nil {
		found["groupSequence"] = decoded(*p.GroupSequence)
	}
	if p.AbsoluteExpiryTime != nil {
		found["absoluteExpiryTime"] = decoded(*p.AbsoluteExpiryTime)
	}
	if p.CreationTime != nil {
		found["creationTime"] = decoded(*p.CreationTime)
	}
	return found
}
