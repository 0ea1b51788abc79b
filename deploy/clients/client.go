// A client of Signalbook in Go. README.md walks through it, and through the same in C++, Python and Node.
//
//	client [ADDRESS]     ADDRESS: 127.0.0.1:50051
//	SIGNALBOOK_TOKEN     who asks, where the server wants to know
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/golang/protobuf/ptypes"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	v1 "signalbook/v1"
)

const (
	timeout  = 30 * time.Second
	attempts = 4

	// gRPC itself tries again when nobody could answer.
	serviceConfig = `{
		"methodConfig": [{
			"name": [{"service": "signalbook.v1.TranslationService"}],
			"retryPolicy": {
				"maxAttempts": 4,
				"initialBackoff": "0.1s",
				"maxBackoff": "2s",
				"backoffMultiplier": 2,
				"retryableStatusCodes": ["UNAVAILABLE"]
			}
		}]
	}`
)

func connect(address string) (*grpc.ClientConn, error) {
	return grpc.Dial(address,
		grpc.WithInsecure(),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)))
}

// callContext gives a call its deadline, and a token where there is one.
func callContext() (context.Context, context.CancelFunc) {
	ctx := context.Background()
	if token := os.Getenv("SIGNALBOOK_TOKEN"); token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	return context.WithTimeout(ctx, timeout)
}

// retryDelay is how long an overloaded server asks its callers to wait. False: another try would change
// nothing.
func retryDelay(err error) (time.Duration, bool) {
	failed := status.Convert(err)
	if failed.Code() != codes.ResourceExhausted {
		return 0, false
	}
	for _, detail := range failed.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			delay, err := ptypes.Duration(retry.GetRetryDelay())
			return delay, err == nil
		}
	}
	return 0, false
}

// ask calls until there is an answer; all tries share one deadline.
func ask(call func(context.Context) error) error {
	ctx, cancel := callContext()
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := call(ctx)
		delay, retry := retryDelay(err)
		deadline, _ := ctx.Deadline()
		if !retry || attempt == attempts || !time.Now().Add(delay).Before(deadline) {
			return err
		}
		time.Sleep(delay)
	}
}

func printError(what string, failed *status.Status) {
	reason, fields := "", ""
	for _, detail := range failed.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = ", " + detail.GetReason()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				fields += ", " + violation.GetField()
			}
		}
	}
	fmt.Printf("%s: code %d%s%s\n", what, failed.Code(), reason, fields)
}

// why is what a reader is told. A client that is older than its server gets reasons that it does not know.
func why(reason v1.Reason) string {
	switch reason {
	case v1.Reason_REASON_NO_MODEL:
		return "this language is not translated here"
	case v1.Reason_REASON_MODEL_UNAVAILABLE, v1.Reason_REASON_DEADLINE, v1.Reason_REASON_MODEL_FAILED:
		return "try again later"
	case v1.Reason_REASON_NOT_ALLOWLISTED, v1.Reason_REASON_BLOCKED, v1.Reason_REASON_UNKNOWN_SEQUENCE,
		v1.Reason_REASON_ILL_FORMED:
		return "no name that people approved"
	default:
		return "no translation that could be trusted"
	}
}

// slice needs no conversion: offsets count bytes of UTF-8, as strings do.
func slice(text string, r *v1.ByteRange) string { return text[r.GetBegin():r.GetEnd()] }

func detect(client v1.TranslationServiceClient, messages []string) error {
	var response *v1.DetectLanguageResponse
	err := ask(func(ctx context.Context) (err error) {
		response, err = client.DetectLanguage(ctx, &v1.DetectLanguageRequest{
			Contents:           messages,
			TargetLanguageCode: "es",
		})
		return err
	})
	if err != nil {
		return err
	}
	for i, detection := range response.GetDetections() {
		offer := "don't offer"
		if detection.GetAdvice() == v1.Advice_ADVICE_TRANSLATE {
			offer = "offer"
		}
		fmt.Printf("%s: %s a translation [%s]\n", messages[i], offer, detection.GetLanguageCode())
	}
	return nil
}

func translate(client v1.TranslationServiceClient, messages []string) error {
	var response *v1.TranslateTextResponse
	err := ask(func(ctx context.Context) (err error) {
		response, err = client.TranslateText(ctx, &v1.TranslateTextRequest{
			Contents:           messages,
			TargetLanguageCode: "es",
			EmojiMode:          v1.EmojiMode_EMOJI_MODE_NAME,
		})
		return err
	})
	if err != nil {
		return err
	}
	for i, translation := range response.GetTranslations() {
		text := translation.GetTranslatedText()
		fmt.Println(text)
		for _, piece := range translation.GetPieces() {
			fmt.Printf("  %s \"%s\"", piece.GetLicence(), slice(text, piece.GetTargetRange()))
			if refusal := piece.GetRefusal(); refusal != nil {
				fmt.Printf(" for \"%s\": %s", slice(messages[i], piece.GetSourceRange()), why(refusal.GetReason()))
			}
			fmt.Println()
		}
	}
	return nil
}

// exchange writes on one goroutine and reads on another: a server that has 64 messages under way reads no more
// until somebody takes an answer.
func exchange(client v1.TranslationServiceClient, requests []*v1.StreamTranslateTextRequest,
	answers map[string]*v1.StreamTranslateTextResponse) error {
	ctx, cancel := callContext()
	defer cancel()
	stream, err := client.StreamTranslateText(ctx)
	if err != nil {
		return err
	}
	go func() {
		for _, request := range requests {
			if stream.Send(request) != nil {
				return // Recv tells why
			}
		}
		stream.CloseSend()
	}()
	for {
		answer, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		answers[answer.GetId()] = answer
	}
}

func stream(client v1.TranslationServiceClient) error {
	messages := []struct{ conversation, text, target string }{
		{"family", "Good morning! 👍🏽", "es"},
		{"family", "See you tomorrow", "es"},
		{"work", "See you tomorrow", "fr"},
		{"work", "Good morning!", ""}, // no language: an error of this one
		{"", "🎉", "es"},
	}
	var requests []*v1.StreamTranslateTextRequest
	for i, message := range messages {
		requests = append(requests, &v1.StreamTranslateTextRequest{
			Id:           fmt.Sprint(i + 1),
			Conversation: message.conversation,
			TimeoutMs:    5000,
			Translate: &v1.TranslateTextRequest{
				Contents:           []string{message.text},
				SourceLanguageCode: "en",
				TargetLanguageCode: message.target,
			},
		})
	}
	answers := make(map[string]*v1.StreamTranslateTextResponse)
	for attempt := 1; ; attempt++ {
		err := exchange(client, requests, answers)
		if err == nil {
			break
		}
		if status.Code(err) != codes.Unavailable || attempt == attempts {
			return err
		}
		// The server went away: what it has not answered is sent again, to another one.
		var unanswered []*v1.StreamTranslateTextRequest
		for _, request := range requests {
			if answers[request.GetId()] == nil {
				unanswered = append(unanswered, request)
			}
		}
		requests = unanswered
	}
	var ids []string
	for id := range answers {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		if failed := answers[id].GetError(); failed != nil {
			printError(id, status.FromProto(failed))
		} else {
			fmt.Printf("%s: %s\n", id, answers[id].GetResponse().GetTranslations()[0].GetTranslatedText())
		}
	}
	return nil
}

func breakTheContract(client v1.TranslationServiceClient) error {
	err := ask(func(ctx context.Context) error {
		_, err := client.TranslateText(ctx, &v1.TranslateTextRequest{
			Contents:           []string{"Good morning!", strings.Repeat("x", 8193)},
			TargetLanguageCode: "es",
		})
		return err
	})
	if status.Code(err) != codes.InvalidArgument {
		return err
	}
	printError("wrong request", status.Convert(err))
	return nil
}

func run(address string) error {
	connection, err := connect(address)
	if err != nil {
		return err
	}
	defer connection.Close()
	client := v1.NewTranslationServiceClient(connection)
	messages := []string{"The kitchen has 3 windows 🎉", "他在🇨🇦等你。", "👍🏽"}
	if err := detect(client, messages); err != nil {
		return err
	}
	if err := translate(client, messages); err != nil {
		return err
	}
	if err := stream(client); err != nil {
		return err
	}
	return breakTheContract(client)
}

func main() {
	address := "127.0.0.1:50051"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	if err := run(address); err != nil {
		printError("failed", status.Convert(err))
		os.Exit(1)
	}
}
