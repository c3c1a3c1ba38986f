// Calls the gateway as programs in Go do: through the official client, and through net/http alone.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

const model = "gpt-6-luna"

func main() {
	url := os.Getenv("GATEWAY_URL") + "/v1/"
	ctx := context.Background()
	client := openai.NewClient(option.WithBaseURL(url), option.WithAPIKey("any"))

	report("chat", func() (string, error) { return chat(ctx, client, "Go asks") })
	report("stream", func() (string, error) { return stream(ctx, client, "Go asks for a stream") })
	report("responses", func() (string, error) {
		answer, err := client.Responses.New(ctx, responses.ResponseNewParams{
			Model: model,
			Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("Go asks for a response")},
		})
		if err != nil {
			return "", err
		}
		return answer.OutputText(), nil
	})
	report("error", func() (string, error) {
		_, err := client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{Model: model})
		var refusal *openai.Error
		if !errors.As(err, &refusal) {
			return "", fmt.Errorf("no refusal: %w", err)
		}
		return fmt.Sprint(refusal.StatusCode, " ", refusal.Code), nil
	})
	report("net/http", func() (string, error) { return plain(url+"chat/completions", "Go asks plainly") })
}

func report(name string, call func() (string, error)) {
	text, err := call()
	line := map[string]string{"name": name, "text": text}
	if err != nil {
		line["error"] = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(line)
}

func params(content string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    model,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(content)},
	}
}

func chat(ctx context.Context, client openai.Client, content string) (string, error) {
	completion, err := client.Chat.Completions.New(ctx, params(content))
	if err != nil {
		return "", err
	}
	return completion.Choices[0].Message.Content, nil
}

func stream(ctx context.Context, client openai.Client, content string) (string, error) {
	events := client.Chat.Completions.NewStreaming(ctx, params(content))
	whole := openai.ChatCompletionAccumulator{}
	for events.Next() {
		whole.AddChunk(events.Current())
	}
	if err := events.Err(); err != nil {
		return "", err
	}
	return whole.Choices[0].Message.Content, nil
}

func plain(url, content string) (string, error) {
	body, err := json.Marshal(map[string]any{
		"model":    model,
		"messages": []map[string]string{{"role": "user", "content": content}},
	})
	if err != nil {
		return "", err
	}
	answer, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var completion struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.NewDecoder(answer.Body).Decode(&completion); err != nil {
		return "", err
	}
	return completion.Choices[0].Message.Content, nil
}
