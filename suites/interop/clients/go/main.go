// An adapter of Azure's go-amqp for the interop suite; protocol.ts describes the lines that it speaks.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	amqp "github.com/Azure/go-amqp"
)

type unsupported struct{ what string }

func (u unsupported) Error() string { return u.what }

type request struct {
	Op          string           `json:"op"`
	Host        string           `json:"host"`
	Port        int              `json:"port"`
	User        string           `json:"user"`
	Password    string           `json:"password"`
	Hostname    string           `json:"hostname"`
	To          destination      `json:"to"`
	Messages    []message        `json:"messages"`
	Settled     bool             `json:"settled"`
	Transaction bool             `json:"transaction"`
	From        string           `json:"from"`
	Count       int              `json:"count"`
	WaitMs      int              `json:"waitMs"`
	Delivery    int              `json:"delivery"`
	Outcome     string           `json:"outcome"`
	Failed      bool             `json:"failed"`
	Annotations map[string]value `json:"annotations"`
	Capability  string           `json:"capability"`
}

type destination struct {
	Address    string `json:"address"`
	Capability string `json:"capability"`
}

type delivery struct {
	Delivery int     `json:"delivery"`
	Message  message `json:"message"`
	Again    bool    `json:"again"`
	Failures uint32  `json:"failures"`
}

type held struct {
	message  *amqp.Message
	receiver *amqp.Receiver
}

type client struct {
	connection  *amqp.Conn
	session     *amqp.Session
	senders     map[string]*amqp.Sender
	receivers   map[string]*amqp.Receiver
	outstanding map[int]held
	count       int
}

func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 10*time.Second)
}

func (c *client) connect(r request) error {
	ctx, cancel := soon()
	defer cancel()
	options := &amqp.ConnOptions{SASLType: amqp.SASLTypePlain(r.User, r.Password), HostName: r.Hostname}
	connection, err := amqp.Dial(ctx, fmt.Sprintf("amqp://%s:%d", r.Host, r.Port), options)
	if err != nil {
		return err
	}
	c.connection = connection
	return c.renew(ctx)
}

// A session lives as long as its links do well.
func (c *client) renew(ctx context.Context) (err error) {
	c.senders, c.receivers, c.outstanding = map[string]*amqp.Sender{}, map[string]*amqp.Receiver{}, map[int]held{}
	c.session, err = c.connection.NewSession(ctx, nil)
	return err
}

func (c *client) publish(r request) ([]string, error) {
	if r.Transaction {
		return nil, unsupported{"it has no transactions"}
	}
	ctx, cancel := soon()
	defer cancel()
	key := fmt.Sprintf("%s %t", r.To.Address, r.Settled)
	sender := c.senders[key]
	if sender == nil {
		options := &amqp.SenderOptions{TargetCapabilities: asked(r.To.Capability)}
		if r.Settled {
			options.SettlementMode = amqp.SenderSettleModeSettled.Ptr()
		}
		var err error
		if sender, err = c.session.NewSender(ctx, r.To.Address, options); err != nil {
			return nil, err
		}
		c.senders[key] = sender
	}
	outcomes := []string{}
	for _, each := range r.Messages {
		made, err := outgoing(each)
		if err != nil {
			return nil, err
		}
		outcome, err := send(ctx, sender, made, r.Settled)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

func send(ctx context.Context, sender *amqp.Sender, made *amqp.Message, settled bool) (string, error) {
	if settled {
		return "settled", sender.Send(ctx, made, nil)
	}
	receipt, err := sender.SendWithReceipt(ctx, made, nil)
	if err != nil {
		return "", err
	}
	state, err := receipt.Wait(ctx)
	if err != nil {
		return "", err
	}
	switch state := state.(type) {
	case *amqp.StateAccepted:
		return "accepted", nil
	case *amqp.StateReleased:
		return "released", nil
	case *amqp.StateModified:
		return "modified", nil
	case *amqp.StateRejected:
		if state.Error != nil {
			return "rejected " + string(state.Error.Condition), nil
		}
		return "rejected", nil
	default:
		return fmt.Sprintf("%T", state), nil
	}
}

// What a terminus asks for.
func asked(capability string) []string {
	if capability == "" {
		return nil
	}
	return []string{capability}
}

func (c *client) receiver(from string, settled bool, capability string) (*amqp.Receiver, error) {
	key := from
	if settled {
		key += " settled"
	}
	if known := c.receivers[key]; known != nil {
		return known, nil
	}
	ctx, cancel := soon()
	defer cancel()
	options := &amqp.ReceiverOptions{Credit: -1, SourceCapabilities: asked(capability)}
	if from == "" {
		options.DynamicAddress = true
	}
	if settled {
		options.RequestedSenderSettleMode = amqp.SenderSettleModeSettled.Ptr()
	}
	made, err := c.session.NewReceiver(ctx, from, options)
	if err != nil {
		return nil, err
	}
	if from == "" {
		key = made.Address()
	}
	c.receivers[key] = made
	return made, nil
}

func (c *client) receive(r request) ([]delivery, error) {
	receiver, err := c.receiver(r.From, r.Settled, r.Capability)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.WaitMs)*time.Millisecond)
	defer cancel()
	if err := receiver.IssueCredit(uint32(r.Count)); err != nil {
		return nil, err
	}
	deliveries := []delivery{}
	for len(deliveries) < r.Count {
		got, err := receiver.Receive(ctx, nil)
		if errors.Is(err, context.DeadlineExceeded) {
			break
		}
		if err != nil {
			return nil, err
		}
		c.count++
		c.outstanding[c.count] = held{got, receiver}
		told := delivery{Delivery: c.count, Message: incoming(got), Again: true}
		if got.Header != nil {
			told.Again, told.Failures = !got.Header.FirstAcquirer, got.Header.DeliveryCount
		}
		deliveries = append(deliveries, told)
	}
	return deliveries, nil
}

func (c *client) settle(r request) error {
	ctx, cancel := soon()
	defer cancel()
	if r.Transaction {
		return unsupported{"it has no transactions"}
	}
	each, ok := c.outstanding[r.Delivery]
	if !ok {
		return fmt.Errorf("delivery %d is not outstanding", r.Delivery)
	}
	delete(c.outstanding, r.Delivery)
	switch r.Outcome {
	case "accepted":
		return each.receiver.AcceptMessage(ctx, each.message)
	case "released":
		return each.receiver.ReleaseMessage(ctx, each.message)
	case "rejected":
		return each.receiver.RejectMessage(ctx, each.message, &amqp.Error{Condition: amqp.ErrCondNotAllowed, Description: "as the test wants it"})
	}
	options := &amqp.ModifyMessageOptions{DeliveryFailed: r.Failed}
	if len(r.Annotations) > 0 {
		options.Annotations = amqp.Annotations{}
		for name, given := range r.Annotations {
			content, err := encoded(given)
			if err != nil {
				return err
			}
			options.Annotations[amqp.Symbol(name)] = content
		}
	}
	return each.receiver.ModifyMessage(ctx, each.message, options)
}

func (c *client) rest() error {
	ctx, cancel := soon()
	defer cancel()
	for _, each := range c.senders {
		_ = each.Close(ctx)
	}
	for _, each := range c.receivers {
		_ = each.Close(ctx)
	}
	_ = c.session.Close(ctx)
	return c.renew(ctx)
}

type answers map[string]any

func (c *client) handle(r request) (any, error) {
	switch r.Op {
	case "hello":
		return answers{"client": "go-amqp", "version": version(), "protocol": "1.0"}, nil
	case "connect":
		return answers{}, c.connect(r)
	case "publish":
		outcomes, err := c.publish(r)
		return answers{"outcomes": outcomes}, err
	case "receive":
		deliveries, err := c.receive(r)
		return answers{"deliveries": deliveries}, err
	case "settle":
		return answers{}, c.settle(r)
	case "reply":
		receiver, err := c.receiver("", false, "")
		if err != nil {
			return nil, err
		}
		return answers{"address": receiver.Address()}, nil
	case "rest":
		return answers{}, c.rest()
	case "close":
		return answers{}, c.connection.Close()
	}
	return nil, unsupported{"it has no " + r.Op}
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, each := range info.Deps {
		if each.Path == "github.com/Azure/go-amqp" {
			return each.Version[1:]
		}
	}
	return ""
}

func main() {
	var c client
	lines := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asks request
		var content any
		if err = json.Unmarshal(line, &asks); err == nil {
			content, err = c.handle(asks)
		}
		var lacking unsupported
		switch {
		case errors.As(err, &lacking):
			_ = out.Encode(answers{"unsupported": lacking.what})
		case err != nil:
			_ = out.Encode(answers{"error": err.Error()})
		default:
			_ = out.Encode(answers{"ok": content})
		}
	}
}

func octets(text string) []byte {
	found, _ := hex.DecodeString(text)
	return found
}
